"""The clues put together: which secrets, which suites."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credcheck.drafting.clues import Clue
from credcheck.drafting.names import service_of
from credcheck.services import load_service, service_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from credcheck.model import TestGroup


class DraftSecret(NamedTuple):
    """One secret of the draft, with the places that speak of it."""

    name: str
    places: tuple[str, ...]
    service: str | None = None
    description: str | None = None
    obtain: str | None = None
    vault: str | None = None
    aws: str | None = None
    keyring: str | None = None
    file: bool = False
    live_in: tuple[str, ...] = ()  # files in which a production credential stands for it


class DraftSuite(NamedTuple):
    """Tests that read credentials from the environment themselves, and so cannot skip alone."""

    name: str
    requires: tuple[str, ...]
    paths: tuple[str, ...]


class Draft(NamedTuple):
    """What a manifest would say."""

    secrets: tuple[DraftSecret, ...]
    suites: tuple[DraftSuite, ...]


def make_draft(clues: Iterable[Clue], groups: Sequence[TestGroup]) -> Draft:
    """Put the clues together.

    Args:
        clues: what files and code say.
        groups: the tests, with what their marks name.
    """
    named = [
        Clue(name, f"{group.path}:{group.line}") for group in groups for name in group.need.names
    ]
    by_name: dict[str, list[Clue]] = {}
    for clue in (*named, *clues):
        by_name.setdefault(clue.name, []).append(clue)
    secrets = tuple(_secret(name, found) for name, found in sorted(by_name.items()))
    marked = {clue.name for clue in named}
    return Draft(secrets, _suites(by_name, marked))


def _secret(name: str, clues: Sequence[Clue]) -> DraftSecret:
    def first(field: str) -> str | None:
        return next((value for clue in clues if (value := getattr(clue, field))), None)

    service = first("service") or service_of(name)
    known = service if service in service_ids() else None
    obtain = first("obtain") or (load_service(known).obtain if known else None)
    return DraftSecret(
        name=name,
        places=tuple(dict.fromkeys(clue.where for clue in clues)),
        service=known,
        description=first("description"),
        obtain=obtain or None,
        vault=first("vault"),
        aws=first("aws"),
        keyring=first("keyring"),
        file=any(clue.file for clue in clues),
        live_in=tuple(clue.where for clue in clues if clue.is_live),
    )


def _suites(by_name: dict[str, list[Clue]], marked: set[str]) -> tuple[DraftSuite, ...]:
    """Make a suite of the test modules that read the same credentials."""
    needs: dict[str, list[str]] = {}
    for name, clues in by_name.items():
        for clue in clues:
            if clue.test is not None and not (name in marked and clue.test.endswith("conftest.py")):
                place = _scope(clue.test)
                if place is not None:
                    needs.setdefault(place, []).append(name)
    together: dict[tuple[str, ...], list[str]] = {}
    for place, names in sorted(needs.items()):
        together.setdefault(tuple(sorted(set(names))), []).append(place)
    taken: set[str] = set()
    suites = []
    for required, places in together.items():
        title = _title(required, places, taken)
        taken.add(title)
        suites.append(DraftSuite(title, required, tuple(places)))
    return tuple(suites)


def _scope(test: str) -> str | None:
    """Give what a suite would list: the module, or a conftest's folder; None for a top one.

    A conftest at the top of the tests would put every test into one suite.
    """
    folder, _, name = test.rpartition("/")
    if name != "conftest.py":
        return test
    return folder if "/" in folder else None


def _title(names: Sequence[str], places: Sequence[str], taken: set[str]) -> str:
    """Name a suite after its vendor, or else after its first module."""
    services = {service_of(name) for name in names}
    stem = places[0].rpartition("/")[2].removesuffix(".py")
    module = stem.removeprefix("test_").removesuffix("_test") or stem
    (service,) = services if len(services) == 1 else (None,)
    for title in (service or "", module, stem, places[0].removesuffix(".py")):
        if title and title not in taken:
            return title
    return f"{module}-{len(taken)}"
