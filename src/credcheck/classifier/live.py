"""The search for what is live: one marker in a sensible place is enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.classifier.evidence import Evidence
from credcheck.classifier.hosts import (
    canonical_host,
    fits_host,
    host_is_live,
    is_refused_host,
    matches,
    names_are_live,
)
from credcheck.classifier.normalize import clean, readings
from credcheck.classifier.operator_lists import refused_names, refused_places, refused_value
from credcheck.classifier.own_forms import kind_of, own_live_kind, whole_live_forms
from credcheck.classifier.rules import Rules
from credcheck.model import Verdict
from credcheck.services import _index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from credcheck.classifier.place import Place
    from credcheck.classifier.tokens import Token
    from credcheck.model import Refuse

_FOLDED = [(m.casefold(), m) for m in sorted(_index.LIVE, key=len, reverse=True)]


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


def refused_marker(text: str, refuse: Refuse) -> str | None:
    """Say what in a text the operator's lists refuse, or None; fingerprints are not compared.

    Args:
        text: any text, such as an address or a bare host.
        refuse: the lists.
    """
    evidence = Evidence(text, (), {}, Rules(refuse=refuse))
    for reason in refused_names(evidence.readings, refuse):
        return reason
    places = (*evidence.places, *evidence.hidden_places)
    for reason in refused_places(places, refuse):
        return reason
    host = canonical_host(evidence.text.partition(":")[0])[0] if len(text) <= 300 else ""
    if host and is_refused_host(host, refuse.hosts):
        return "it is a host that the manifest refuses"
    return None


def find_live(evidence: Evidence) -> Verdict | None:
    """Give the verdict `live` with its reason, or None."""
    for reason in _reasons(evidence):
        kind = next(filter(None, (kind_of(s, evidence.text) for s in evidence.services)), None)
        return Verdict(mode="live", service=evidence.service_id, kind=kind, reason=reason)
    return None


def _reasons(evidence: Evidence) -> Iterator[str]:
    """Find reasons, the cheapest first; the first one decides."""
    refuse = evidence.rules.refuse
    found = _marker(evidence.readings, evidence.service_id)
    if found:
        yield found
    yield from _own_forms(evidence, evidence.text, evidence.readings)
    if evidence.service is None:
        yield from whole_live_forms(evidence.text)
    yield from refused_names(evidence.readings, refuse)
    yield from refused_value(evidence.text, evidence.readings, refuse)
    yield from _tokens(evidence)
    yield from _places(evidence)
    for other in evidence.others:
        texts = readings(other)
        if (
            _marker(texts, evidence.service_id)
            or any(_own_forms(evidence, clean(other), texts))
            or any(refused_names(texts, refuse))
        ):
            yield f"another {evidence.title} credential of the same environment is live"


def _own_forms(evidence: Evidence, text: str, texts: Sequence[str]) -> Iterator[str]:
    """Hold a value against the declared service's live forms, the shipped ones too."""
    for service in evidence.services:
        if text in service.dummies:
            continue
        kind = own_live_kind(service, text, texts)
        if kind is not None:
            yield f"it has the form of a live {kind.what} of {evidence.title}"


def _tokens(evidence: Evidence) -> Iterator[str]:
    """Hold what stands inside tokens against the vendors' claims and the operator's lists."""
    refuse, allow = evidence.rules.refuse, evidence.rules.allow
    for token in evidence.tokens:
        if token.says_live:
            yield "the token's own mode claim says that it is live"
        if refuse.hosts and any(is_refused_host(host, refuse.hosts) for host in token.hosts):
            yield "it was issued by or for a host that the manifest refuses"
        owner = _claimed(evidence, token)
        if owner:
            yield f"it carries a claim of {owner}'s production tokens"
        if _leads_to_production(evidence, token.place):
            yield f"it was issued by or for {evidence.title}'s production host"
        unnamed = (host for host in token.hosts if not matches(host, allow.hosts or ()))
        if any(map(host_is_live, unnamed)):
            yield "the name of its issuer or audience says that it is production"


def _claimed(evidence: Evidence, token: Token) -> str | None:
    """Name the service of whose production tokens a claim is; an allowed host is its exception."""
    from credcheck.services import load_service

    known = {
        f"{name}={value}": _index.CLAIMS.get(f"{name}={value}", "") for name, value in token.claims
    }
    services = [load_service(owner) for ids in known.values() for owner in ids.split()]
    for service in dict.fromkeys((*(s.id for s in evidence.services), *(s.id for s in services))):
        candidates = [s for s in (*evidence.services, *services) if s.id == service]
        for kind in (kind for candidate in candidates for kind in candidate.kinds):
            claims = kind.claims
            if claims is None or not any(map(token.has, claims.live)):
                continue
            host = token.fill(claims.host) if claims.host else None
            if host is None or not matches(host, evidence.rules.allow.hosts or ()):
                return candidates[0].name
    return None


def _leads_to_production(evidence: Evidence, place: Place) -> bool:
    return any(
        fits_host(place, host, service.hosts.production, rough=True)
        and not fits_host(place, host, (*service.hosts.sandbox, *service.hosts.either))
        for service in evidence.services
        if service.hosts.production
        for host in place.hosts
    )


def _places(evidence: Evidence) -> Iterator[str]:
    allow = evidence.rules.allow
    places = (*evidence.places, *evidence.hidden_places)
    ends = evidence.endpoints
    yield from refused_places((*places, *ends), evidence.rules.refuse)
    if any(_leads_to_production(evidence, place) for place in (*places, *ends)):
        yield f"it leads to {evidence.title}'s production host"
    for place in places if evidence.leads_somewhere else ():
        # the operator's word about a host beats its name, but not the names behind it
        unnamed = (h for h in place.hosts if not matches(h, allow.hosts or ()))
        if names_are_live(place) or any(map(host_is_live, unnamed)):
            yield "the name of its host, database or user says that it is production"
