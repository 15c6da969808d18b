"""Which kind of a service a value has the form of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credcheck.services.schema import SHORT
from credcheck.services.shape import fits

if TYPE_CHECKING:
    from credcheck.services import Form, Kind, Service

_RANK = {"live": 0, "test": 1, "bare": 2}


class Match(NamedTuple):
    """The kind and the form that a whole value has, and what follows the prefix."""

    kind: Kind
    form: Form
    tail: str


def match_form(service: Service, text: str) -> Match | None:
    """Give the form that a value has in full.

    The longest prefix at its start decides: where what follows does not fit that one, a shorter
    one does not count (`sk_test_` and a broken rest is no key that begins `sk_`).
    """
    longest = 0
    found: list[Match] = []
    for kind in service.kinds:
        for form in kind.forms:
            prefix = form.prefix
            if not text.startswith(prefix):
                continue
            tail = text[len(prefix) :]
            fitting = fits(form.tail, text, len(prefix)) and not tail.startswith(
                kind.foreign_tails or "\n"
            )
            if fitting:
                found.append(Match(kind, form, tail))
            if fitting or len(prefix) >= SHORT:
                longest = max(longest, len(prefix))
    best = [match for match in found if len(match.form.prefix) == longest]
    return min(best, key=lambda match: _RANK[match.form.mode], default=None)


def match_form_of(kind: Kind, text: str) -> Form | None:
    """Give the form of one kind that a value has in full."""
    return next(
        (
            form
            for form in kind.forms
            if text.startswith(form.prefix) and fits(form.tail, text, len(form.prefix))
        ),
        None,
    )


def marked_tail(service: Service, text: str) -> str | None:
    """Give what follows the longest test marker at the start of a value, or None."""
    prefixes = [
        form.prefix
        for kind in service.kinds
        for form in kind.forms
        if form.mode == "test" and form.prefix and text.startswith(form.prefix)
    ]
    return text[len(max(prefixes, key=len)) :] if prefixes else None
