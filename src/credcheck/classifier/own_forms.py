"""A service's own live forms: short markers in their place, and what nothing marks as test."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from credcheck.classifier.forms import match_form
from credcheck.services import _index, live_candidates, load_service
from credcheck.services.schema import LONG, SHORT
from credcheck.services.shape import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from credcheck.services import Form, Kind, Service

_DELIMITERS = " \t\r\n,;:=|\"'`()[]{}<>@/&?#"
_MOST_ENDS = 4
_MOST_GLUED = 64  # places at which a live key may begin behind a test key


@cache
def _delimiter() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(_DELIMITERS)}]")


def own_live_kind(service: Service, text: str, texts: Sequence[str]) -> Kind | None:
    """Give the kind of a service whose live form stands in a value, or None.

    Args:
        service: what is known of the vendor.
        text: the value, without outer white space and quotes.
        texts: the readings of it in which something live may stand.
    """
    for kind in service.kinds:
        for form in kind.forms:
            if form.mode == "live" and len(form.prefix) >= SHORT:
                # a long one that is shipped stands in the index, and was searched for
                if form.prefix not in _index.LIVE and _stands(service, form.prefix, texts):
                    return kind
            elif kind.is_live(form) and _has_form_in(form, text, texts):
                return kind
    return None


def whole_live_forms(text: str) -> Iterator[str]:
    """Say whose live key a whole value has the form of.

    A long marker is searched for everywhere; a shorter one (`live_`) needs the rest behind it, and
    so does what is live because nothing marks it as test.
    """
    for service_id in live_candidates(text):
        service = load_service(service_id)
        match = match_form(service, text)
        if match is not None and match.kind.is_live(match.form):
            yield f"it has the form of a live {match.kind.what} of {service.name}"


def kind_of(service: Service, text: str) -> str | None:
    """Give the kind whose live form a whole value has, or begins with."""
    for kind in service.kinds:
        for form in kind.forms:
            marked = len(form.prefix) >= SHORT and text.startswith(form.prefix)
            if kind.is_live(form) and (marked or has_form(form, text)):
                return kind.id
    return None


def has_form(form: Form, text: str) -> bool:
    """Tell whether a whole value has a form."""
    return text.startswith(form.prefix) and fits(form.tail, text, len(form.prefix))


def glued_live(service: Service, text: str, start: int) -> bool:
    """Tell whether a live key may be glued to the end of a value that has a test key's form.

    A short marker makes nothing live in the middle of a word; it makes the word no proof of test.

    Args:
        service: what is known of the vendor.
        text: the value.
        start: where the shortest test key of the form ends.
    """
    for head in _index.WHOLE:
        if not head.isalnum() and text.find(head, start) >= 0:
            return True
    for kind in service.kinds:
        for form in kind.forms:
            head = form.prefix or form.tail.head
            at = text.find(head, start) if head and kind.is_live(form) else -1
            for _ in range(_MOST_GLUED):
                if at < 0:
                    break
                if has_form(form, text[at:]):
                    return True
                at = text.find(head, at + 1)
    return False


def _stands(service: Service, marker: str, texts: Iterable[str]) -> bool:
    """Tell whether a marker stands in its place: a short one at the start or after a delimiter.

    Where a longer test marker of the service begins with it (`acme-` and `acme-test-`), that one
    decides.
    """
    folded = marker.casefold()
    longer = tuple(
        prefix
        for kind in service.kinds
        for form in kind.forms
        if form.mode == "test" and (prefix := form.prefix.casefold()).startswith(folded)
    )
    for reading in texts:
        text = reading.casefold()
        at = text.find(folded)
        while at >= 0:
            placed = len(marker) >= LONG or at == 0 or text[at - 1] in _DELIMITERS
            if placed and not (longer and text.startswith(longer, at)):
                return True
            at = text.find(folded, at + 1)
    return False


def _has_form_in(form: Form, text: str, texts: Sequence[str]) -> bool:
    """Tell whether a value has a form, or a word of one of its readings has, in capitals too."""
    if has_form(form, text):
        return True
    if text.isupper() and has_form(form, text.lower()):
        return True
    least, most = len(form.prefix) + form.tail.least, len(form.prefix) + form.tail.most
    return any(
        has_form(form, word)
        for reading in texts
        if len(reading) >= least
        for word in _words(reading, form.prefix or form.tail.head, least, most)
        if word != text
    )


def _words(reading: str, head: str, least: int, most: int) -> Iterator[str]:
    """Give the words of a text that begin with a head and have a fitting length."""
    if not head:
        for word in dict.fromkeys(_delimiter().split(reading)):
            if least <= len(word) <= most:
                yield word
        return
    at = reading.find(head)
    while at >= 0:
        if at == 0 or reading[at - 1] in _DELIMITERS:
            # a credential may hold a delimiter itself, as `LIVE_API_KEY:…:…`
            ends = islice(_delimiter().finditer(reading, at + least, at + most + 1), _MOST_ENDS)
            yield from (reading[at : end.start()] for end in ends)
            if len(reading) - at <= most:
                yield reading[at:]
        at = reading.find(head, at + 1)
