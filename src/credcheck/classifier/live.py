"""The search for what is live: one marker in a sensible place is enough."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from credcheck.classifier.aws import CANARIES, CREDENTIAL_PREFIXES, account_of
from credcheck.classifier.hosts import (
    fits_host,
    host_is_live,
    matches,
    names_are_live,
)
from credcheck.classifier.normalize import clean, readings
from credcheck.model import Verdict
from credcheck.services import _index
from credcheck.services.schema import LONG, SHORT
from credcheck.services.shape import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from credcheck.classifier.evidence import Evidence
    from credcheck.services import Form, Kind, Service

_FOLDED = [(m.casefold(), m) for m in sorted(_index.LIVE, key=len, reverse=True)]
_DELIMITERS = " \t\r\n,;:=|\"'`()[]{}<>@/&?"
_SPACES = str.maketrans(dict.fromkeys(_DELIMITERS, " "))


def live_marker(text: str, service_id: str | None = None) -> str | None:
    """Say which live marker stands in a text, or None; nothing else of the text is said.

    Args:
        text: any text, however long.
        service_id: the declared service; it is named if the marker is one of its own.
    """
    return _marker(readings(text), service_id)


def _marker(texts: Iterable[str], service_id: str | None) -> str | None:
    for text in texts:
        folded_text = text.casefold()
        if not any(anchor in folded_text for anchor in _index.ANCHORS):
            continue
        for folded, marker in _FOLDED:
            if folded in folded_text:
                owners = _index.LIVE[marker].split()
                owner = service_id if service_id in owners else owners[0]
                whose = f"of {owner}" if len(owners) == 1 else f"of {owner} and others"
                return f"it carries the live marker {marker} {whose}"
    return None


def find_live(evidence: Evidence) -> Verdict | None:
    """Give the verdict `live` with its reason, or None."""
    for reason in _reasons(evidence):
        return Verdict(
            mode="live", service=evidence.service_id, kind=_kind(evidence), reason=reason
        )
    return None


def _reasons(evidence: Evidence) -> Iterator[str]:
    """Find reasons, the cheapest first; the first one decides."""
    found = _marker(evidence.readings, evidence.service_id)
    if found:
        yield found
    if evidence.service and evidence.text not in evidence.service.dummies:
        kind = _own_live_kind(evidence.service, evidence.text, evidence.readings)
        if kind is not None:
            yield f"it has the form of a live {kind.what} of {evidence.title}"
    yield from _refused(evidence, evidence.readings)
    if evidence.rules.refuse.values:
        from credcheck.classifier.fingerprint import matches_any

        if matches_any(evidence.text, evidence.rules.refuse.values):
            yield "it is a credential whose fingerprint the manifest refuses"
    yield from _places(evidence)
    for other in evidence.others:
        texts = readings(other)
        if (
            _marker(texts, evidence.service_id)
            or (evidence.service and _own_live_kind(evidence.service, clean(other), texts))
            or any(_refused(evidence, texts))
        ):
            yield f"another {evidence.title} credential of the same environment is live"


# ── the service's own forms ───────────────────────────────────────────────────────────────────


def _own_live_kind(service: Service, text: str, texts: Sequence[str]) -> Kind | None:
    """Find a short live marker, or a form that is live because nothing marks it as test."""
    for kind in service.kinds:
        for form in kind.forms:
            if form.mode == "live" and len(form.prefix) >= SHORT:
                # a long one that is shipped stands in the index, and was searched for
                if form.prefix not in _index.LIVE and _stands(service, form.prefix, texts):
                    return kind
            elif (form.mode == "live" or (form.mode == "bare" and kind.unmarked == "live")) and (
                _has_form(form, text) or any(_has_form(form, w) for w in _words(text, texts))
            ):
                return kind
    return None


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


def _words(text: str, texts: Sequence[str]) -> Iterator[str]:
    """Give what stands between delimiters, where that is not the value itself."""
    for reading in texts:
        for word in reading.translate(_SPACES).split():
            if word != text:
                yield word


def _has_form(form: Form, text: str) -> bool:
    return text.startswith(form.prefix) and fits(form.tail, text, len(form.prefix))


# ── the operator's lists ──────────────────────────────────────────────────────────────────────


@cache
def _key_id() -> re.Pattern[str]:
    return re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])")


def _refused(evidence: Evidence, texts: Sequence[str]) -> Iterator[str]:
    """What the operator refuses, and keys that raise an alarm."""
    refuse = evidence.rules.refuse
    for text in texts:
        if any(prefix in text for prefix in CREDENTIAL_PREFIXES):
            for match in _key_id().finditer(text):
                account = account_of(match[0])
                if account in CANARIES:
                    yield "it is a canary: using it raises an alarm at its owner"
                elif account in refuse.aws_accounts:
                    yield "it belongs to an AWS account that the manifest refuses"
        if any(_names(text, account) for account in refuse.aws_accounts):
            yield "it names an AWS account that the manifest refuses"
        if any(_names(text, project) for project in refuse.gcp_projects):
            yield "it belongs to a Google Cloud project that the manifest refuses"


def _names(text: str, word: str) -> bool:
    """Tell whether a word stands in a text with no letter, digit, `-` or `_` beside it."""
    at = text.find(word) if word else -1
    while at >= 0:
        beside = text[at - 1 : at] + text[at + len(word) : at + len(word) + 1]
        if not any(c.isalnum() or c in "-_" for c in beside):
            return True
        at = text.find(word, at + 1)
    return False


def _places(evidence: Evidence) -> Iterator[str]:
    refuse, allow = evidence.rules.refuse, evidence.rules.allow
    places = (*evidence.places, *evidence.hidden_places)
    for place in places:
        if refuse.hosts and any(matches(host, refuse.hosts) for host in place.hosts):
            yield "it leads to a host that the manifest refuses"
        if refuse.databases and any(matches(name, refuse.databases) for name in place.databases):
            yield "it leads to a database that the manifest refuses"
    production = evidence.service.hosts.production if evidence.service else ()
    hosts = evidence.service.hosts if evidence.service else None
    others = (*hosts.sandbox, *hosts.either) if hosts else ()
    for place in (*places, *evidence.endpoints) if production else ():
        for host in place.hosts:
            if fits_host(place, host, production) and not fits_host(place, host, others):
                yield f"it leads to {evidence.title}'s production host"
    for place in places if evidence.leads_somewhere else ():
        # the operator's word about a host beats its name, but not the names behind it
        unnamed = (h for h in place.hosts if not matches(h, allow.hosts or ()))
        if names_are_live(place) or any(map(host_is_live, unnamed)):
            yield "the name of its host, database or user says that it is production"


def _kind(evidence: Evidence) -> str | None:
    """Give the kind whose live form it has."""
    for kind in evidence.service.kinds if evidence.service else ():
        for form in kind.forms:
            live = form.mode == "live" or (form.mode == "bare" and kind.unmarked == "live")
            if live and (
                _has_form(form, evidence.text)
                or (len(form.prefix) >= SHORT and evidence.text.startswith(form.prefix))
            ):
                return kind.id
    return None
