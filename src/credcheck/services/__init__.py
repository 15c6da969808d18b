"""What is known of each vendor's keys: one TOML file a vendor, loaded when it is asked for.

A new vendor is one new file and ``python -m credcheck.services.build``, which rebuilds the
generated index (`_index.py`) of long live markers, test prefixes and usual variables.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from credcheck.services import _index
from credcheck.services.schema import (
    Dummy,
    Form,
    Hosts,
    Kind,
    Service,
    check_service,
    parse_service,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Dummy",
    "Form",
    "Hosts",
    "Kind",
    "Service",
    "all_services",
    "check_service",
    "guess_service",
    "load_service",
    "parse_service",
    "service_ids",
    "test_candidates",
]

_FOLDER = Path(__file__).parent
_loaded: dict[str, Service] = {}


def service_ids() -> tuple[str, ...]:
    """Give the id of every shipped service, sorted."""
    return _index.SERVICES


def load_service(service_id: str) -> Service:
    """Give what is known of one vendor; its file is read the first time.

    Raises:
        KeyError: no shipped service has this id.
    """
    service = _loaded.get(service_id)
    if service is None:
        if service_id not in _index.SERVICES:
            raise KeyError(service_id)
        import tomllib

        text = _FOLDER.joinpath(f"{service_id}.toml").read_text(encoding="utf-8")
        # the probe has a loader of its own, the examples are the tests', and both stand last: half
        # of a file need not be parsed
        facts = text.partition("\n[probe]\n")[0].partition("\n[[examples]]\n")[0]
        service = parse_service(service_id, tomllib.loads(facts), checked=True)
        _loaded[service_id] = service
    return service


def all_services() -> Iterator[Service]:
    """Give every shipped service; this reads every file."""
    return map(load_service, _index.SERVICES)


def test_candidates(value: str) -> tuple[str, ...]:
    """Give the services whose test keys start as ``value`` does, or may start with anything."""
    found = set(_index.SHAPED)
    for prefix, services in _index.TEST.items():
        if value.startswith(prefix):
            found.update(services.split())
    return tuple(sorted(found))


test_candidates.__test__ = False  # type: ignore[attr-defined]  # not a test function


def guess_service(variable_name: str) -> str | None:
    """Give the service whose id a variable's first words are, or whose usual variable it is.

    >>> guess_service("STRIPE_TEST_KEY")
    'stripe'
    """
    name = variable_name.upper().replace("-", "_")
    best = ""
    for service_id in _index.SERVICES:
        words = service_id.upper()
        if len(words) > len(best) and (name == words or name.startswith(words + "_")):
            best = service_id
    return best or _index.VARIABLES.get(name)
