"""What the plugin tells: the header, what is ready, the summary, and the report file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from credcheck.model import Manifest, Report, SecretStatus, Suite, TestGroup
    from credcheck.pytest_plugin.state import State
    from credcheck.pytest_plugin.stops import Stop

_MOST_NAMES = 10
_USABLE = {"ready": "", "deferred": ": deferred"}
_VERBS = {"skip": "skipped", "fail": "failed"}


def header(state: State) -> str | None:
    """Say who is running; nothing for a project that does not use the plugin."""
    if not state.active:
        return None
    broker = state.broker
    text = f"credcheck: context {broker.context.kind} ({broker.context.reason})"
    if broker.manifest.path is not None:
        text += f", manifest {broker.manifest.path.name}"
    return text


def readiness(state: State) -> str | None:
    """Say which secrets are ready and which are missing."""
    if not state.active or state.collects_only or state.config.get_verbosity() < 0:
        return None
    statuses = [state.broker.status(name) for name in sorted(state.broker.resolved())]
    return f"credcheck: {ready_line(statuses)}" if statuses else None


def ready_line(statuses: Sequence[SecretStatus]) -> str:
    """Count and name what is ready, and what is missing with its state."""
    ready = [s.name + _USABLE[s.state] for s in statuses if s.state in _USABLE]
    missing = [f"{s.name}: {s.state}" for s in statuses if s.state not in _USABLE]
    noun = "secret" if len(ready) == 1 else "secrets"
    text = f"{len(ready)} {noun} ready{_named(ready)}"
    return f"{text}, {len(missing)} missing{_named(missing)}" if missing else text


def _named(names: Sequence[str]) -> str:
    """Name them in brackets, the first ten at most."""
    from credcheck.reporters.wording import printable

    if not names:
        return ""
    rest = [f"and {len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
    return f" ({', '.join([*map(printable, names[:_MOST_NAMES]), *rest])})"


def summary(state: State, terminal: Any) -> None:
    """List the suites that did not run, with their count, reason and next step, and warnings."""
    if state.collects_only or state.refused:
        return
    lines = [*_suite_lines(state), *_scrubbing_lines(state)]
    if lines:
        terminal.section("credcheck", sep="=")
        for line in lines:
            terminal.line(line)


def _suite_lines(state: State) -> Iterator[str]:
    if state.active:
        yield from stopped_lines(state.stopped)
        for suite, told in state.over_budget().items():
            yield f"{suite}: {told} (max-skipped)"
        yield from _warnings(state)


def _scrubbing_lines(state: State) -> Iterator[str]:
    """Say once what scrubbing could not do."""
    if state.scrubbing is None:
        return
    from credcheck.reporters.wording import plural, printable

    yield from (f"warning: {printable(told)}" for told in state.scrubbing.scrubber.warnings)
    failures = state.scrubbing.failures + state.failures_elsewhere
    if failures:
        yield f"error: scrubbing failed: {plural(failures, 'text')} replaced as a whole"


def stopped_lines(stopped: Mapping[str, Stop]) -> Iterator[str]:
    """Say what became of each suite and where to get what it lacks; each hint once."""
    from credcheck.reporters.wording import plural, printable

    counts = Counter((stop.suite, stop.outcome, stop.reason) for stop in stopped.values())
    told: set[str] = set()
    for (suite, outcome, reason), count in sorted(counts.items()):
        if outcome not in _VERBS:
            continue
        tests = plural(count, "test")
        yield printable(f"{suite}: {_VERBS[outcome]} {tests}: {reason}")
        alike = (s for s in stopped.values() if s[:2] == (suite, outcome) and s.reason == reason)
        for hint in dict.fromkeys(hint for stop in alike for hint in stop.hints):
            if hint not in told:
                told.add(hint)
                yield printable(f"    {hint}")


def _warnings(state: State) -> Iterator[str]:
    """Everything worth telling but what is missing, which the suites' lines have told."""
    from credcheck.reporters.wording import printable

    for found in dict.fromkeys(state.broker.findings()):
        if found.severity != "info" and found.code not in {"CRED001", "CRED003"}:
            yield printable(f"{found.severity} {found.code}: {found.message}")
            if found.hint:
                yield printable(f"    {found.hint}")


# ── the report file ───────────────────────────────────────────────────────────────────────────


def write_report(state: State, path: Path) -> list[str]:
    """Write the JSON report and the folders above it; give a sentence if that is impossible."""
    from credcheck.errors import UsageError
    from credcheck.reporters import render

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render("json", report_of(state)), encoding="utf-8")
    except UsageError as error:  # a broken `.env.test` that no test needed
        return [f"credcheck: {error}"]
    except OSError as error:
        return [f"credcheck: {path} cannot be written: {error.strerror}"]
    return []


def report_of(state: State) -> Report:
    """Give the report of the tests that were selected.

    `Broker.report` resolves all that is declared. A run asks for no more than its tests need, so
    it is given a manifest that declares no more.
    """
    from copy import copy

    view = copy(state.broker)
    view.manifest = narrowed(view.manifest, state.groups, state.broker.resolved())
    report = view.report(strict=state.strict, groups=state.groups)
    if state.outcomes is None:
        return report
    from credcheck.pytest_plugin.outcomes import with_outcomes

    return with_outcomes(report, state.outcomes)


def narrowed(manifest: Manifest, groups: Sequence[TestGroup], resolved: Sequence[str]) -> Manifest:
    """Give the manifest of one run: its suites and secrets, as far as they were needed."""
    from credcheck.preflight import assign, suite_by_path

    suites: dict[str, Suite] = {}
    for group in groups:
        by_path = suite_by_path(manifest, group.path)  # every test below needs all of it
        suite = by_path or assign(manifest, group.path, group.need)
        if suite.declared:
            suites[suite.name] = by_path or _limited(manifest.suites[suite.name], resolved)
    secrets = {name: manifest.secrets[name] for name in resolved if name in manifest.secrets}
    return manifest._replace(secrets=secrets, suites=suites)


def _limited(suite: Suite, resolved: Sequence[str]) -> Suite:
    """Give a suite without the secrets that none of the selected tests needs."""
    known = set(resolved)
    groups = (tuple(n for n in group if n in known) for group in suite.any_of)
    return suite._replace(
        requires=tuple(name for name in suite.requires if name in known),
        any_of=tuple(group for group in groups if group),
    )
