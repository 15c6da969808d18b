from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from credcheck.model import (
    Absent,
    Attempt,
    Denied,
    Empty,
    Found,
    Health,
    Held,
    NotConfigured,
    SecretSpec,
    Unreachable,
)
from credcheck.resolver import resolve
from credcheck.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from credcheck.model import Answer, Context, Manifest, Request, Resolution


class Table:
    """A remote source whose answers are written down, and which remembers what it was asked."""

    name = "table"

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.asked: list[list[str]] = []

    @classmethod
    def open(cls, manifest: Manifest, context: Context) -> Self:
        return cls()

    def fetch(self, requests: Sequence[Request]) -> Mapping[str, Answer]:
        self.asked.append([request.name for request in requests])
        return {r.name: self.answers[r.name] for r in requests if r.name in self.answers}

    def health(self) -> Health:
        return Health(status="ok")


class LocalTable(Table):
    def holdings(self) -> Sequence[Held]:
        return ()


def found(value: str, where: str = "here") -> Found:
    return Found(secret=Secret(value), location=where)


def search(*sources: tuple[str, Table], spec: SecretSpec | None = None) -> Resolution:
    spec = spec or SecretSpec(name="A")
    resolutions, _ = resolve(
        [spec], sources, is_placeholder=lambda _, secret: secret.reveal() == "changeme"
    )
    return resolutions[spec.name]


def test_the_first_answer_wins_and_the_trail_is_kept() -> None:
    got = search(("one", Table(A=Absent("no file"))), ("two", Table(A=found("value"))))
    assert (got.source, got.location, got.state) == ("two", "here", None)
    assert got.secret is not None
    assert got.secret.reveal() == "value"
    assert got.attempts == (Attempt("one", "absent", "no file"), Attempt("two", "found", "here"))


def test_a_later_source_is_asked_once_for_what_is_still_open() -> None:
    one, two = Table(A=found("a"), B=Absent(), C=Absent()), Table(B=found("b"), C=found("c"))
    specs = [SecretSpec(name=name) for name in "ABC"]
    got, _ = resolve(specs, [("one", one), ("two", two)], is_placeholder=lambda *_: False)
    assert two.asked == [["B", "C"]]
    assert got["A"].attempts == (Attempt("one", "found", "here"), Attempt("two", "not-asked"))


def test_empty_blank_and_placeholder_values_are_no_answer() -> None:
    for first in (Empty("set, but empty"), found("  \n"), found("changeme")):
        got = search(("one", Table(A=first)), ("two", Table(A=found("value"))))
        assert got.source == "two"


def test_if_nobody_has_it_placeholder_goes_before_empty_before_absent() -> None:
    empty, placeholder = ("one", Table(A=Empty())), ("two", Table(A=found("changeme", "f:1")))
    absent = ("three", Table(A=Absent()))
    assert search(absent).state == "absent"
    assert search(empty, absent).state == "empty"
    assert search(empty, placeholder, absent).state == "placeholder"
    assert search(placeholder).attempts[0].detail == "f:1: a placeholder, not a value"


def test_an_error_ends_the_search_and_is_never_a_missing_secret() -> None:
    for broken, state in ((Unreachable("no route"), "unreachable"), (Denied("403"), "denied")):
        later = Table(A=found("value"))
        got = search(("one", Table(A=broken)), ("two", later))
        assert (got.state, got.secret, later.asked) == (state, None, [])
        assert got.attempts[-1] == Attempt("two", "not-asked")


def test_the_hint_of_a_denial_is_kept() -> None:
    assert search(("one", Table(A=Denied("403", "vault login")))).hint == "vault login"


def test_one_broken_secret_costs_that_secret_only() -> None:
    source = Table(A=Unreachable("down"), B=found("b"))
    specs = [SecretSpec(name="A"), SecretSpec(name="B")]
    got, statuses = resolve(specs, [("one", source)], is_placeholder=lambda *_: False)
    assert (got["A"].state, got["B"].state) == ("unreachable", None)
    assert (statuses[0].status, statuses[0].detail) == ("unreachable", "down")


def test_a_source_that_forgets_a_secret_is_unreachable_for_it() -> None:
    assert search(("one", Table())).state == "unreachable"


def test_a_source_that_is_not_configured_has_nothing() -> None:
    resolutions, statuses = resolve(
        [SecretSpec(name="A")],
        [("one", Table(A=NotConfigured("no address")))],
        is_placeholder=lambda *_: False,
    )
    assert resolutions["A"].state == "absent"
    assert resolutions["A"].attempts == (Attempt("one", "not-configured", "no address"),)
    assert (statuses[0].status, statuses[0].detail) == ("not-configured", "no address")


def test_local_sources_are_asked_on_and_what_they_hold_is_shadowed() -> None:
    got = search(("one", LocalTable(A=found("a"))), ("two", LocalTable(A=found("b", "there"))))
    assert got.source == "one"
    assert [(s, w, secret.reveal()) for s, w, secret in got.shadowed] == [("two", "there", "b")]


def test_an_error_of_a_later_local_source_does_not_undo_a_winner() -> None:
    got = search(("one", Table(A=found("a"))), ("two", LocalTable(A=Unreachable("broken"))))
    assert (got.source, got.state) == ("one", None)


def test_a_remote_source_is_asked_only_for_secrets_that_name_a_place_there() -> None:
    for name in ("vault", "aws", "keyring"):
        source = Table(A=found("value"))
        assert search((name, source)).attempts == ()
        assert source.asked == []
        places = {"vault": "secret/ci#key", "aws": "ci#key", "keyring": "ci"}
        placed = SecretSpec(
            name="A",
            vault=places["vault"] if name == "vault" else None,
            aws=places["aws"] if name == "aws" else None,
            keyring=places["keyring"] if name == "keyring" else None,
        )
        assert search((name, source), spec=placed).source == name


def test_a_keyring_table_makes_every_secret_take_part() -> None:
    got, _ = resolve(
        [SecretSpec(name="A")],
        [("keyring", Table(A=found("value")))],
        is_placeholder=lambda *_: False,
        keyring_for_all=True,
    )
    assert got["A"].source == "keyring"


def test_when_no_request_may_be_sent_only_local_sources_are_asked() -> None:
    local, remote = LocalTable(A=Absent()), Table(A=found("value"))
    got, statuses = resolve(
        [SecretSpec(name="A", vault="secret/ci#key")],
        [("dotenv", local), ("vault", remote)],
        is_placeholder=lambda *_: False,
        closed="not asked: the manifest refuses a place",
    )
    assert (local.asked, remote.asked) == ([["A"]], [])
    assert got["A"].state == "unreachable"
    assert got["A"].attempts[1] == Attempt(
        "vault", "not-asked", "not asked: the manifest refuses a place"
    )
    assert statuses[1].status == "not-asked"


def test_what_a_source_notes_stands_in_its_line() -> None:
    class Noting(Table):
        def notes(self) -> Sequence[str]:
            return ("one request a secret",)

    _, statuses = resolve(
        [SecretSpec(name="A")],
        [("one", Noting(A=found("value")))],
        is_placeholder=lambda *_: False,
    )
    assert statuses[0].detail == "has 1 of 1; one request a secret"


def test_a_remote_source_is_watched_while_it_is_asked() -> None:
    watched: list[str] = []

    @contextmanager
    def watch(name: str) -> Iterator[None]:
        watched.append(f"{name} begins, asked {remote.asked}")
        yield
        watched.append(f"{name} ends, asked {remote.asked}")

    local, remote = LocalTable(A=Absent()), Table(A=found("value"))
    resolve(
        [SecretSpec(name="A", vault="secret/ci#key")],
        [("dotenv", local), ("vault", remote)],
        is_placeholder=lambda *_: False,
        watch=watch,
    )
    assert watched == ["vault begins, asked []", "vault ends, asked [['A']]"]


def test_what_a_fixture_provides_is_deferred_and_nobody_is_asked() -> None:
    source = LocalTable(A=found("value"))
    got = search(("one", source), spec=SecretSpec(name="A", provided_by="postgres"))
    assert (got.state, source.asked) == ("deferred", [])


def test_a_source_tells_how_much_it_has_and_how_long_it_took() -> None:
    _, statuses = resolve(
        [SecretSpec(name="A"), SecretSpec(name="B")],
        [("one", Table(A=found("a"), B=Absent())), ("two", Table(B=Absent()))],
        is_placeholder=lambda *_: False,
    )
    assert [(s.name, s.status, s.detail) for s in statuses] == [
        ("one", "ok", "has 1 of 2"),
        ("two", "ok", "has 0 of 1"),
    ]
    assert all(s.elapsed_ms is not None and s.elapsed_ms >= 0 for s in statuses)
