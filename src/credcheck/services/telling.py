"""What is known of a service, in words: for the command and for the pages of the docs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.services.shape import ALPHABETS, UNBOUNDED, UUID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from credcheck.services.schema import Form, Kind, Service
    from credcheck.services.shape import Piece, Shape

_NAMES = {letters: name for name, letters in ALPHABETS.items()}


def how(service: Service) -> str:
    """Say how the keys of a service show their mode."""
    if service.marks_test:
        return "test keys are marked"
    if any(kind.by_host for kind in service.kinds) or not service.kinds:
        return "the endpoint decides"
    if any(kind.unmarked == "live" for kind in service.kinds):
        return "every key counts as live"
    return "keys carry no mode"


def mark(form: Form) -> str:
    """Give what can be seen of a form: its fixed texts, and `…` where others stand.

    A form without a fixed text is told by its shape.
    """
    if form.prefix:
        return f"{form.prefix}…"
    texts = [piece.literal or "" for piece in form.tail.pieces]
    if not any(map(_says_something, texts)):
        return write_shape(form.tail)
    seen = ""
    for text in texts:
        if _says_something(text):
            seen += text
        elif not seen.endswith("…"):
            seen += "…"
    return seen


def _says_something(text: str) -> bool:
    return any(map(str.isalnum, text))


def rules_of(kind: Kind) -> Iterator[str]:
    """Give what decides about a kind beside its form, one sentence each."""
    yield from _claims_of(kind)
    rules = (
        (kind.unmarked == "live", "without a test mark it is live"),
        (kind.by_host, "the endpoint beside it decides"),
        (bool(kind.pair), f"the {' or '.join(kind.pair)} beside it decides"),
        (kind.checksum is not None, "its last characters are a checksum"),
        (kind.client_side, "made to be published"),
        (kind.emulator, "issued by a local imitation only"),
        (kind.confidence == "guess", "a guess: it never proves test"),
    )
    yield from (text for holds, text in rules if holds)


def _claims_of(kind: Kind) -> Iterator[str]:
    if kind.claims is None:
        return
    for mode, listed in (("test", kind.claims.test), ("live", kind.claims.live)):
        if listed:
            yield f"{mode} by what stands in it: {', '.join(listed)}"
    if kind.claims.host:
        yield f"the host in it decides: {kind.claims.host}"


def places_of(service: Service) -> Iterator[tuple[str, Sequence[str]]]:
    """Give the hosts of a service, by what they prove."""
    hosts = service.hosts
    yield from zip(
        ("sandbox", "live", "neither"), (hosts.sandbox, hosts.production, hosts.either), strict=True
    )


def write_shape(shape: Shape) -> str:
    """Write a shape as a service's file does."""
    words: list[str] = []
    pieces = list(shape.pieces)
    while pieces:
        if pieces[: len(UUID)] == UUID:
            words.append("uuid")
            del pieces[: len(UUID)]
        else:
            words.append(_write_piece(pieces.pop(0)))
    return " ".join(words)


def _write_piece(piece: Piece) -> str:
    literal, alphabet, least, most = piece
    if literal is not None:
        return f"'{literal}'"
    length = (
        f"{least}" if most == least else f"{least}," if most >= UNBOUNDED else f"{least},{most}"
    )
    return f"{_NAMES[alphabet]}{{{length}}}"
