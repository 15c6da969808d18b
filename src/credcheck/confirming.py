"""What the vendors' own words make of the secrets: whom to ask, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.classifier.rules import services_of
from credcheck.findings import finding
from credcheck.model import Attempt
from credcheck.probing import Question, probe_all
from credcheck.probing import Rules as Bounds
from credcheck.services.probe import load_probe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from credcheck.judging import Judge
    from credcheck.model import AttemptOutcome, Context, Finding, Manifest, SecretSpec, SecretStatus
    from credcheck.probing import Told
    from credcheck.secret import Secret
    from credcheck.services import Service

_OUTCOMES: Mapping[str, AttemptOutcome] = {
    "works": "found",
    "rejected": "denied",
    "expired": "denied",
    "unclear": "unreachable",
}
_UNPROVEN = "CRED004"


def ask(
    secrets: Iterable[tuple[SecretSpec, Secret]],
    manifest: Manifest,
    context: Context,
    judge: Judge,
    beside: Mapping[str, Secret],
) -> dict[str, tuple[Service, Told]]:
    """Ask the vendors about secrets of which the form is known, where they have such a question.

    Args:
        secrets: none of them live.
        manifest: the operator's lists and services.
        context: the proxies of its environment are used.
        judge: knows the kind of each value.
        beside: the other variables of the same environment.

    Returns:
        The vendor and what was said, by the secret's name.
    """
    questions = [
        question
        for spec, secret in secrets
        if (question := _question(spec, secret, manifest, judge, beside)) is not None
    ]
    bounds = Bounds(refuse=manifest.refuse, allow=manifest.allow, environ=context.environ)
    told = probe_all(questions, bounds)
    return {question.name: (question.service, told[question.name]) for question in questions}


def _question(
    spec: SecretSpec,
    secret: Secret,
    manifest: Manifest,
    judge: Judge,
    beside: Mapping[str, Secret],
) -> Question | None:
    verdict = judge.verdict(spec, secret)
    if verdict.service is None or verdict.kind is None or spec.file:
        return None
    own = manifest.services.get(verdict.service)
    probe = load_probe(verdict.service, own)
    if probe is None or (probe.kinds and verdict.kind not in probe.kinds):
        return None
    service = services_of(verdict.service, judge.rules)[0]
    others = {name: value for name, value in beside.items() if name not in spec.names}
    return Question(spec.name, secret, service, probe, verdict.kind, others)


def settle(
    status: SecretStatus,
    findings: Iterable[Finding],
    renewal: str,
    answer: tuple[Service, Told],
) -> tuple[SecretStatus, list[Finding]]:
    """Give what becomes of a secret by what its vendor said; ``renewal``: how to get another."""
    service, told = answer
    said = f"{service.name} {told.reason}"
    detail = f"{service.name}: {told.reason}" if told.outcome == "unclear" else said
    attempt = Attempt("probe", _OUTCOMES[told.outcome], detail)
    status = status._replace(attempts=(*status.attempts, attempt))
    kept = list(findings)
    if told.outcome == "unclear":
        return status, [*kept, finding("CRED022", secret=status.name, reason=detail)]
    if told.outcome != "works":
        refused = status._replace(state=told.outcome, mode="unknown", reason=said, hint=renewal)
        return refused, []
    if told.mode == "live":
        live = finding("CRED002", secret=status.name, where=_where(status), reason=said)
        return status._replace(state="live", mode="live", reason=said, hint=live.hint), [live]
    status = status._replace(reason=f"{status.reason}; {said}")
    if told.mode == "test" and told.proven:
        status = status._replace(mode="test")
        kept = [found for found in kept if found.code != _UNPROVEN]
    return status, kept


def _where(status: SecretStatus) -> str:
    """Give the place of the value, for the hint."""
    for attempt in status.attempts:
        if attempt.source == status.source and attempt.outcome == "found" and attempt.detail:
            return attempt.detail
    return status.source or "its place"
