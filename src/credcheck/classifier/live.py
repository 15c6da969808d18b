"""The search for what is live: one marker in a sensible place is enough."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from credcheck.classifier.aws import CANARIES, CREDENTIAL_PREFIXES, account_of
from credcheck.classifier.normalize import clean, views
from credcheck.model import Verdict
from credcheck.services import _index
from credcheck.services.schema import LONG, SHORT
from credcheck.services.shape import fits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credcheck.classifier.evidence import Evidence
    from credcheck.services import Kind

_LONGEST_FIRST = sorted(_index.LIVE, key=len, reverse=True)
_FOLDED = [(marker.casefold(), marker) for marker in _LONGEST_FIRST]
_KEY_ID = r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])"
_DELIMITERS = " \t\r\n,;:=|\"'`()[]{}<>@/&?"


def live_marker(text: str, service_id: str | None = None) -> str | None:
    """Say which live marker stands in a text, or None; nothing else of the text is said.

    Args:
        text: any text, however long.
        service_id: the declared service; it is named if the marker is one of its own.
    """
    marker = _marker(text)
    if marker is None:
        return None
    owners = _index.LIVE[marker].split()
    owner = service_id if service_id in owners else owners[0]
    whose = f"of {owner}" if len(owners) == 1 else f"of {owner} and others"
    return f"it carries the live marker {marker} {whose}"


def _marker(text: str) -> str | None:
    for reading in views(text):
        if not any(anchor in reading for anchor in _index.ANCHORS):
            continue
        for folded, marker in _FOLDED:
            if folded in reading:
                return marker
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
    found = live_marker(evidence.value, evidence.service_id)
    if found:
        yield found
    yield from _own_forms(evidence)
    yield from _refused(evidence)
    yield from _hosts(evidence)
    for other in evidence.others:
        if live_marker(other) or any(
            _is_live_form(clean(other), kind) for kind in _kinds(evidence)
        ):
            yield f"another {evidence.title} credential of the same environment is live"


def _kinds(evidence: Evidence) -> tuple[Kind, ...]:
    return evidence.service.kinds if evidence.service else ()


def _own_forms(evidence: Evidence) -> Iterator[str]:
    """Short live markers, and forms that are live because nothing marks them as test."""
    for kind in _kinds(evidence):
        if _is_live_form(evidence.text, kind):
            yield f"it has the form of a live {kind.what} of {evidence.title}"


def _is_live_form(text: str, kind: Kind) -> bool:
    for form in kind.forms:
        prefix = form.prefix
        if form.mode == "live" and prefix and SHORT <= len(prefix) < LONG:
            starts = text.startswith(prefix) or any(d + prefix in text for d in _DELIMITERS)
            if starts:
                return True
        elif (form.mode == "live" and len(prefix) < SHORT) or (
            form.mode == "bare" and kind.unmarked == "live"
        ):
            if text.startswith(prefix) and fits(form.tail, text, len(prefix)):
                return True
        elif form.mode == "live" and prefix.casefold() in text.casefold():
            return True  # a project's own service is in no index
    return False


def _refused(evidence: Evidence) -> Iterator[str]:
    """What the operator refuses, and keys that raise an alarm."""
    refuse = evidence.rules.refuse
    has_id = any(prefix in evidence.value for prefix in CREDENTIAL_PREFIXES)
    for match in re.finditer(_KEY_ID, evidence.value) if has_id else ():
        account = account_of(match[0])
        if account in CANARIES:
            yield "it is a canary: using it raises an alarm at its owner"
        elif account is not None and account in refuse.aws_accounts:
            yield "it belongs to an AWS account that the manifest refuses"
    for project in refuse.gcp_projects:
        if re.search(rf"(?<![\w-]){re.escape(project)}(?![\w-])", evidence.value):
            yield "it belongs to a Google Cloud project that the manifest refuses"
    if refuse.values:
        from credcheck.classifier.fingerprint import matches_any

        if matches_any(evidence.text, refuse.values):
            yield "it is a credential whose fingerprint the manifest refuses"


def _hosts(evidence: Evidence) -> Iterator[str]:
    """What the places say to which the value leads, or is sent."""
    if not evidence.places and not evidence.endpoints:
        return
    from credcheck.classifier.dsn import live_word, matches

    yield from _refused_places(evidence)
    known = evidence.service.hosts if evidence.service else None
    for place in (*evidence.places, *evidence.endpoints):
        for host in place.hosts if known else ():
            if known and matches(host, known.production) and not matches(host, known.sandbox):
                yield f"it leads to {evidence.title}'s production host"
    if evidence.service_id in {"database_url", None} and any(map(live_word, evidence.places)):
        yield "the name of its host, database or user says that it is production"


def _refused_places(evidence: Evidence) -> Iterator[str]:
    from credcheck.classifier.dsn import matches

    refuse = evidence.rules.refuse
    for place in evidence.places:
        if any(matches(host, refuse.hosts) for host in place.hosts):
            yield "it leads to a host that the manifest refuses"
        if any(matches(name, refuse.databases) for name in place.databases):
            yield "it leads to a database that the manifest refuses"


def _kind(evidence: Evidence) -> str | None:
    """Give the kind whose live form it has."""
    for kind in _kinds(evidence):
        if any(
            f.prefix and f.mode == "live" and evidence.text.startswith(f.prefix) for f in kind.forms
        ):
            return kind.id
    return None
