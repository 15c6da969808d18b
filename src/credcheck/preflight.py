"""Resolutions, suites and policy make the report; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credcheck.model import BROKEN_STATES, USABLE_STATES, Need, Suite, SuiteStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from credcheck.model import (
        ContextKind,
        Finding,
        Manifest,
        SecretStatus,
        SuiteOutcome,
        TestGroup,
    )


_GRAVITY = ("run", "skip", "fail", "refused")


class Decision(NamedTuple):
    """Whether tests run, and if not, why."""

    outcome: SuiteOutcome
    suite: str
    missing: tuple[str, ...] = ()
    reason: str = ""
    hint: str = ""
    broken: bool = False  # it fails because a source is broken: exit 4, not 1


# ── which suite ───────────────────────────────────────────────────────────────────────────────


def below(path: str, folders: Sequence[str]) -> bool:
    """Tell whether a path is one of the folders or files, or lies below one."""
    for folder in folders:
        prefix = folder.removeprefix("./").rstrip("/")
        if prefix in {"", "."} or path == prefix or path.startswith(prefix + "/"):
            return True
    return False


def suite_by_path(manifest: Manifest, path: str) -> Suite | None:
    """Give the declared suite with the longest of its `paths` above this test module."""
    best: tuple[int, Suite] | None = None
    for suite in manifest.suites.values():
        for folder in suite.paths:
            if below(path, (folder,)) and (best is None or len(folder) > best[0]):
                best = (len(folder), suite)
    return best[1] if best else None


def need_of(suite: Suite) -> Need:
    """Give what a suite needs."""
    return Need(all_of=suite.requires, any_of=suite.any_of)


def merge(first: Need, second: Need) -> Need:
    """Give a need that holds both."""
    return Need(
        all_of=tuple(dict.fromkeys((*first.all_of, *second.all_of))),
        any_of=tuple(dict.fromkeys((*first.any_of, *second.any_of))),
    )


def assign(manifest: Manifest, path: str, need: Need) -> Suite:
    """Give the suite to which a test belongs, with all that this test needs.

    A test belongs to the suite above whose `paths` it lies; else to the smallest suite without
    `paths` that names everything the test needs; else to its own module. A test that needs more
    than its suite says goes under its module's name, with the suite's policies.
    """
    module = path.removesuffix(".py")
    suite = suite_by_path(manifest, path)
    if suite is not None:
        if set(need.names) <= set(suite.secrets):
            return suite._replace(
                requires=merge(need_of(suite), need).all_of,
                any_of=merge(need_of(suite), need).any_of,
            )
        both = merge(need_of(suite), need)
        return suite._replace(
            name=module, requires=both.all_of, any_of=both.any_of, paths=(), declared=False
        )
    wanted = set(need.names)
    fitting = [
        suite
        for suite in manifest.suites.values()
        if not suite.paths and wanted and wanted <= set(suite.secrets)
    ]
    if fitting:
        smallest = min(fitting, key=lambda suite: len(suite.secrets))
        return smallest._replace(requires=need.all_of, any_of=need.any_of)
    return Suite(name=module, requires=need.all_of, any_of=need.any_of, declared=False)


# ── what becomes of it ────────────────────────────────────────────────────────────────────────


def decide(
    suite: Suite,
    statuses: Mapping[str, SecretStatus],
    manifest: Manifest,
    kind: ContextKind,
    *,
    refused: str = "",
    strict: bool = False,
) -> Decision:
    """Decide whether a suite runs, is skipped, fails or is refused.

    Args:
        suite: what it needs, and its own policies.
        statuses: what became of every secret that it names.
        manifest: the policies where the suite has none.
        kind: who is running.
        refused: the sentence of a refusal anywhere in the run: then nothing runs.
        strict: every policy is `fail`.
    """
    lacking = [[name] for name in suite.requires if not _usable(statuses, name)]
    lacking += [
        list(group) for group in suite.any_of if not any(_usable(statuses, n) for n in group)
    ]
    missing = tuple(dict.fromkeys(name for group in lacking for name in group))
    live = next((n for n in suite.secrets if statuses[n].state == "live"), None)
    if live is not None:
        reason = f"{live} is a production credential"
        return Decision("refused", suite.name, missing, reason, statuses[live].hint)
    if refused:
        return Decision("refused", suite.name, missing, f"nothing runs: {refused}")
    if not lacking:
        return Decision("run", suite.name)
    broken = [g for g in lacking if any(statuses[n].state in BROKEN_STATES for n in g)]
    absent = [g for g in lacking if g not in broken]
    on_missing = (suite.on_missing or manifest.on_missing).in_context(kind)
    on_broken = (suite.on_broken or manifest.on_broken).in_context(kind)
    fails_broken = bool(broken) and (strict or on_broken == "fail")
    fails = fails_broken or (bool(absent) and (strict or on_missing == "fail"))
    reason = "; ".join(_describe(group, statuses) for group in lacking)
    hint = next((statuses[n].hint for n in missing if statuses[n].hint), "")
    return Decision(
        "fail" if fails else "skip", suite.name, missing, reason, hint, broken=fails_broken
    )


def _usable(statuses: Mapping[str, SecretStatus], name: str) -> bool:
    return statuses[name].state in USABLE_STATES


def _describe(group: Sequence[str], statuses: Mapping[str, SecretStatus]) -> str:
    """Name each missing secret with its state."""
    parts = [f"{name} is {statuses[name].state}" for name in group]
    if len(parts) == 1:
        return parts[0]
    return f"one of {len(group)} is needed: " + ", ".join(parts)


def plan(
    manifest: Manifest,
    groups: Sequence[TestGroup],
    decided: Callable[[Suite], Decision],
) -> tuple[tuple[Decision, int], ...]:
    """Decide every declared suite, and every test module that needs a secret beside them.

    Args:
        manifest: the declared suites.
        groups: the tests, with what they need.
        decided: decides one suite (:func:`decide` with the rest filled in).

    Returns:
        The decision of each suite and the number of its tests, declared suites first.
    """
    declared = {name: decided(suite) for name, suite in manifest.suites.items()}
    lines: dict[str, list[tuple[Decision, int]]] = {name: [] for name in declared}
    for group in groups:
        suite = assign(manifest, group.path, group.need)
        decision = decided(suite)
        own = declared.get(suite.name)
        if own is not None and own.outcome != decision.outcome:
            # what these tests need differs from what the suite needs, and so does their fate
            decision = decision._replace(suite=group.path.removesuffix(".py"))
        lines.setdefault(decision.suite, []).append((decision, group.count))
    return tuple(
        (declared.get(name) or _joined(parts), sum(count for _, count in parts))
        for name, parts in lines.items()
    )


def _joined(parts: Sequence[tuple[Decision, int]]) -> Decision:
    """Make one decision of those of a module's tests: the gravest, with how many it concerns."""
    gravest = max((decision for decision, _ in parts), key=lambda d: _GRAVITY.index(d.outcome))
    same = [(d, count) for d, count in parts if d.outcome == gravest.outcome]
    concerned, total = sum(count for _, count in same), sum(count for _, count in parts)
    reason = "; ".join(dict.fromkeys(d.reason for d, _ in same if d.reason))
    if concerned != total:
        reason = f"{concerned} of {total} tests: {reason}"
    return gravest._replace(
        missing=tuple(dict.fromkeys(name for d, _ in same for name in d.missing)),
        reason=reason,
        broken=any(d.broken for d, _ in same),
    )


def suite_status(decision: Decision, tests: int) -> SuiteStatus:
    """Give the report's line."""
    return SuiteStatus(
        name=decision.suite,
        outcome=decision.outcome,
        tests=tests,
        missing=decision.missing,
        reason=decision.reason or "every secret that it needs is ready",
    )


def refusal_sentence(refusals: Sequence[Finding]) -> str:
    """Give the first refusal without its reason, for suites that do not need that secret."""
    return refusals[0].message.partition(": ")[0].rstrip(".") if refusals else ""


def exit_code(
    decisions: Sequence[Decision], findings: Sequence[Finding], *, refused: bool, strict: bool
) -> int:
    """Give the exit code, by the contract's precedence: 3 over 4 over 1 over 0."""
    if refused:
        return 3
    failed = [decision for decision in decisions if decision.outcome == "fail"]
    if any(decision.broken for decision in failed):
        return 4
    grave = {"error", "warning"} if strict else {"error"}
    if failed or any(found.severity in grave for found in findings):
        return 1
    return 0
