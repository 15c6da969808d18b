"""The report: which suites will run, which will be skipped, and why; pure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from credcheck.errors import CommandLineError, suggest
from credcheck.findings import finding
from credcheck.model import BROKEN_STATES, USABLE_STATES, Report
from credcheck.preflight import (
    assign,
    decide,
    exit_code,
    plan,
    refusal_sentence,
    suite_status,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from credcheck.model import (
        Context,
        Finding,
        Manifest,
        SecretStatus,
        SourceStatus,
        TestGroup,
    )
    from credcheck.preflight import Decision


class Selection(NamedTuple):
    """What a report is about: all suites, or those that were named."""

    suites: tuple[str, ...]
    groups: tuple[TestGroup, ...]
    secrets: tuple[str, ...]


def select(
    manifest: Manifest, groups: Sequence[TestGroup], suites: Sequence[str] = ()
) -> Selection:
    """Find what a report is about.

    Args:
        manifest: the declared suites and secrets.
        groups: the tests.
        suites: the names that were asked for; empty for everything.

    Raises:
        CommandLineError: there is no suite of that name.
    """
    assigned = [(group, assign(manifest, group.path, group.need)) for group in groups]
    names = [*manifest.suites, *(suite.name for _, suite in assigned)]
    modules = [group.path.removesuffix(".py") for group in groups]
    for wanted in suites:
        if wanted not in names and wanted not in modules:
            known = ", ".join(dict.fromkeys(names)) or "none"
            raise CommandLineError(
                f"there is no suite {wanted!r}{suggest(wanted, names)}", f"the suites are: {known}"
            )
    if not suites:
        needed = [name for _, suite in assigned for name in suite.secrets]
        secrets = dict.fromkeys((*manifest.secrets, *needed))
        return Selection((), tuple(groups), tuple(secrets))
    chosen = [
        (group, suite)
        for group, suite in assigned
        if suite.name in suites or group.path.removesuffix(".py") in suites
    ]
    needed = [
        n for name in suites if name in manifest.suites for n in manifest.suites[name].secrets
    ]
    needed += [name for _, suite in chosen for name in suite.secrets]
    return Selection(
        tuple(suites), tuple(group for group, _ in chosen), tuple(dict.fromkeys(needed))
    )


def about(manifest: Manifest, name: str, groups: Sequence[TestGroup]) -> Selection:
    """Select one secret, and the suites and tests that need it."""
    assigned = [(group, assign(manifest, group.path, group.need)) for group in groups]
    chosen = [(group, suite) for group, suite in assigned if name in suite.secrets]
    declared = [suite.name for suite in manifest.suites.values() if name in suite.secrets]
    needed = [n for suite in declared for n in manifest.suites[suite].secrets]
    needed += [n for _, suite in chosen for n in suite.secrets]
    suites = dict.fromkeys((*declared, *(suite.name for _, suite in chosen)))
    return Selection(
        tuple(suites) or ("",),
        tuple(group for group, _ in chosen),
        tuple(dict.fromkeys((name, *needed))),
    )


def make_report(
    selection: Selection,
    *,
    version: str,
    manifest: Manifest,
    context: Context,
    statuses: Mapping[str, SecretStatus],
    findings: Sequence[Finding],
    sources: Sequence[SourceStatus],
    refusals: Sequence[Finding],
    unreadable: Sequence[str] = (),
    strict: bool = False,
    today: str = "",
) -> Report:
    """Put together what was resolved.

    Args:
        selection: what it is about; every secret of it stands in ``statuses``.
        version: of credcheck.
        manifest: suites and policies.
        context: who is running.
        statuses: what became of each secret.
        findings: what is to be told of the values and the files.
        sources: what each source did.
        refusals: the findings that end everything.
        unreadable: sentences about test files that could not be read.
        strict: every policy is `fail`, every warning an error.
        today: the day (`2026-12-31`) by which budgets of skips hold; "" where there are none.
    """
    decided = partial(
        decide,
        statuses=statuses,
        manifest=manifest,
        kind=context.kind,
        refused=refusal_sentence(refusals),
        strict=strict,
    )
    named = manifest.suites
    if selection.suites:
        named = {name: suite for name, suite in named.items() if name in selection.suites}
    narrowed = manifest._replace(suites=named) if selection.suites else manifest
    lines: Sequence[tuple[Decision, int]] = plan(narrowed, selection.groups, decided)
    if today:
        from credcheck.budgets import within_budget

        lines = within_budget(lines, manifest, context.kind, today)
    decisions = [decision for decision, _ in lines]
    told = [
        *refusals,
        *_lacking(selection, statuses, decisions),
        *(found for found in findings if found not in refusals),
        *(finding("CRED018", reason=sentence) for sentence in unreadable),
        *_unused(selection, manifest),
    ]
    return Report(
        version=version,
        context=context.kind,
        exit_code=exit_code(decisions, told, refused=bool(refusals), strict=strict),
        sources=tuple(sources),
        secrets=tuple(statuses[name] for name in selection.secrets),
        suites=tuple(suite_status(decision, tests) for decision, tests in lines),
        findings=tuple(told),
        context_reason=context.reason,
        root=str(manifest.root),
        manifest=str(manifest.path) if manifest.path else None,
    )


def _lacking(
    selection: Selection, statuses: Mapping[str, SecretStatus], decisions: Sequence[Decision]
) -> list[Finding]:
    """A finding for every secret that is not ready: grave if a suite fails for it."""
    told = []
    failing = {name: d.suite for d in decisions if d.outcome == "fail" for name in d.missing}
    lacking = {name: d.suite for d in decisions for name in d.missing}
    for name in selection.secrets:
        status = statuses[name]
        if status.state in USABLE_STATES or status.state == "live":
            continue
        told.append(
            finding(
                "CRED003" if status.state in BROKEN_STATES else "CRED001",
                secret=name,
                suite=failing.get(name) or lacking.get(name),
                severity="error" if name in failing else None,
                state=status.state,
                reason=status.reason,
                hint=status.hint,
            )
        )
    return told


def _unused(selection: Selection, manifest: Manifest) -> list[Finding]:
    """A note for every declared secret that nothing needs."""
    if selection.suites or not (manifest.suites or selection.groups):
        return []
    used = {name for suite in manifest.suites.values() for name in suite.secrets}
    used |= {name for group in selection.groups for name in group.need.names}
    return [finding("CRED017", secret=name) for name in manifest.secrets if name not in used]
