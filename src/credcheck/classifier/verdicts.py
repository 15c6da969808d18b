"""Verdicts that are not live, and their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.model import Verdict

if TYPE_CHECKING:
    from credcheck.classifier.evidence import Evidence


def unknown(
    evidence: Evidence,
    reason: str,
    *,
    kind: str | None = None,
    placeholder: bool = False,
    malformed: bool = False,
) -> Verdict:
    """Nothing is proven."""
    return Verdict(
        mode="unknown",
        service=evidence.service_id,
        kind=kind,
        placeholder=placeholder,
        reason=reason,
        malformed=malformed,
    )


def proven(
    evidence: Evidence, reason: str, kind: str | None = None, *warnings: str, service: str = ""
) -> Verdict:
    """It is test."""
    return Verdict(
        mode="test",
        service=service or evidence.service_id,
        kind=kind,
        warnings=warnings,
        reason=reason,
    )


def article(words: str) -> str:
    """Put the article before words."""
    spelled = words[:1] in "AEFHILMNORSX" and words[1:2].isupper()  # an ARN
    return f"{'an' if spelled or words[:1].lower() in 'aeio' else 'a'} {words}"


def marks_test(evidence: Evidence) -> bool:
    """Tell whether the declared service marks its test keys."""
    return evidence.service is not None and evidence.service.marks_test
