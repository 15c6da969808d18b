"""The operator's word, and the services that a project describes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credcheck.model import Allow, Refuse
from credcheck.services import load_service, service_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.services import Service


class Rules(NamedTuple):
    """What the manifest refuses, allows and describes."""

    refuse: Refuse = Refuse()
    allow: Allow = Allow()
    services: Mapping[str, Mapping[str, object]] = {}


def services_of(service_id: str | None, rules: Rules) -> tuple[Service, ...]:
    """Give what is known of a service: the project's own description, then the shipped one.

    A project may describe a shipped service anew. What is shipped stays: its live forms and
    production hosts count whatever the project says, and its test forms beside the project's.
    """
    if service_id is None:
        return ()
    found = []
    if service_id in rules.services:
        found.append(_parsed(service_id, rules.services[service_id]))
    if service_id in service_ids():
        found.append(load_service(service_id))
    return _merged(found) if len(found) > 1 else tuple(found)


_own: dict[str, tuple[Mapping[str, object], Service]] = {}


def _parsed(service_id: str, table: Mapping[str, object]) -> Service:
    """Make a project's own service from its table, once."""
    known = _own.get(service_id)
    if known is None or known[0] is not table:
        from credcheck.services.tables import parse_service

        known = _own[service_id] = (table, parse_service(service_id, table))
    return known[1]


def _merged(found: list[Service]) -> tuple[Service, ...]:
    own, shipped = found
    ids = {kind.id for kind in own.kinds}
    both = own._replace(
        env=tuple(dict.fromkeys((*own.env, *shipped.env))),
        endpoints=tuple(dict.fromkeys((*own.endpoints, *shipped.endpoints))),
        kinds=(*own.kinds, *(kind for kind in shipped.kinds if kind.id not in ids)),
        dummies={**own.dummies, **shipped.dummies},
        hosts=own.hosts._replace(sandbox=(*own.hosts.sandbox, *shipped.hosts.sandbox)),
    )
    return both, shipped
