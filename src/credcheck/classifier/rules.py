"""The operator's word, and the services that a project describes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credcheck.model import Allow, Refuse
from credcheck.services import load_service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.services import Service


class Rules(NamedTuple):
    """What the manifest refuses, allows and describes."""

    refuse: Refuse = Refuse()
    allow: Allow = Allow()
    services: Mapping[str, Mapping[str, object]] = {}


def service_of(service_id: str | None, rules: Rules) -> Service | None:
    """Give what is known of a service; None for one that nobody describes."""
    if service_id is None:
        return None
    if service_id in rules.services:
        from credcheck.services.tables import parse_service

        return parse_service(service_id, dict(rules.services[service_id]))
    try:
        return load_service(service_id)
    except KeyError:
        return None
