"""What is known of each vendor's keys: one TOML file a vendor, loaded when it is asked for.

A new vendor is one new file and ``python -m credcheck.services.build``, which rebuilds what is
generated from the files: the index of long live markers, test prefixes and usual variables
(`_index.py`), and the services in a form that is read faster than TOML (`_data.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.services import _index
from credcheck.services.schema import Dummy, Form, Hosts, Kind, Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "Dummy",
    "Form",
    "Hosts",
    "Kind",
    "Service",
    "all_services",
    "guess_service",
    "live_candidates",
    "load_service",
    "service_ids",
    "test_candidates",
]

_loaded: dict[str, Service] = {}
_lengths: dict[int, set[int]] = {}  # of the keys of a table of the index, by its identity


def service_ids() -> tuple[str, ...]:
    """Give the id of every shipped service, sorted."""
    return _index.SERVICES


def load_service(service_id: str) -> Service:
    """Give what is known of one vendor; only this one is read, the first time.

    Raises:
        KeyError: no shipped service has this id.
    """
    service = _loaded.get(service_id)
    if service is None:
        from credcheck.services.compiled import decode_service

        service = _loaded[service_id] = decode_service(service_id)
    return service


def all_services() -> Iterator[Service]:
    """Give every shipped service; this reads all of them."""
    return map(load_service, _index.SERVICES)


def test_candidates(value: str) -> tuple[str, ...]:
    """Give the services whose test keys start as ``value`` does, or may start with anything."""
    return tuple(sorted({*_index.SHAPED, *_beginning(value, _index.TEST)}))


test_candidates.__test__ = False  # type: ignore[attr-defined]  # not a test function


def live_candidates(value: str) -> tuple[str, ...]:
    """Give the services with a live form that counts whole only and starts as ``value`` does."""
    return tuple(sorted({*_beginning(value, _index.WHOLE)}))


def _beginning(value: str, table: dict[str, str]) -> Iterator[str]:
    """Look every beginning of a value up that is as long as a key of a table."""
    lengths = _lengths.get(id(table))
    if lengths is None:
        lengths = _lengths[id(table)] = {*map(len, table)}
    for length in lengths:
        yield from table.get(value[:length], "").split()


def guess_service(
    variable_name: str, own: Mapping[str, Mapping[str, object]] | None = None
) -> str | None:
    """Give the service whose usual variable it is, or whose id the variable's first words are.

    Args:
        variable_name: the variable.
        own: the project's own services, as its manifest describes them; they come first.

    >>> guess_service("STRIPE_TEST_KEY")
    'stripe'
    """
    name = variable_name.upper().replace("-", "_")
    for service_id, table in (own or {}).items():
        listed = table.get("env")
        if isinstance(listed, list) and name in (str(each).upper() for each in listed):
            return service_id
    at = _index.VARIABLES.find(f"\n{name}\t")
    if at >= 0:
        return _index.VARIABLES[at:].split("\n", 2)[1].partition("\t")[2]
    words = name.lower()
    while words and words not in (own or ()) and words not in _index.SERVICES:
        words = words.rpartition("_")[0]
    return words or None
