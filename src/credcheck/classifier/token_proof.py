"""The proof of test in a web token or a macaroon: its own fields, if it is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.classifier.forms import match_form_of
from credcheck.classifier.hosts import matches
from credcheck.classifier.verdicts import article, proven, unknown

if TYPE_CHECKING:
    from credcheck.classifier.evidence import Evidence
    from credcheck.classifier.tokens import Token
    from credcheck.model import Verdict


def judge_token(evidence: Evidence, token: Token) -> Verdict | None:
    """Judge a value that is a token and nothing else; None where it says nothing."""
    service = evidence.service
    kinds = [kind for kind in (service.kinds if service else ()) if kind.claims is not None]
    kind = next((k for k in kinds if k.claims and k.claims.structure == token.structure), None)
    if not token.whole and (kind is None or match_form_of(kind, evidence.text) is None):
        return None
    if not token.signed:
        return unknown(evidence, "it is an unsigned token, which proves nothing")
    if token.expires is not None and token.expires < _now():
        return unknown(evidence, "it is a token that has expired, which proves nothing")
    known = kind is not None and kind.confidence != "guess"
    if kind is not None and kind.claims and known:
        if any(map(token.has_only, kind.claims.test)):
            reason = f"{article(f'{evidence.title} {kind.what}')} that carries a test claim"
            return proven(evidence, reason, kind.id)
        host = token.fill(kind.claims.host) if kind.claims.host else None
        if host is not None and matches(host, evidence.rules.allow.hosts or ()):
            return proven(evidence, "the host that it is for stands in allow.hosts", kind.id)
    return _of_issuer(evidence, token)


def _of_issuer(evidence: Evidence, token: Token) -> Verdict | None:
    """The hosts by and for which a web token was issued."""
    issued = token.structure == "jwt" and any(name == "iss" for name, _ in token.claims)
    if not issued or not token.hosts:
        return None
    sandbox = evidence.service.hosts.sandbox if evidence.service else ()
    if all(matches(host, sandbox) for host in token.hosts):
        return proven(evidence, f"it was issued by {evidence.title}'s sandbox host")
    if all(matches(host, evidence.rules.allow.hosts or ()) for host in token.hosts):
        return proven(evidence, "its issuer's host stands in allow.hosts")
    return None


def _now() -> float:
    from time import time

    return time()
