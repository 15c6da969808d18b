"""What the plugin prints: the header, what is ready, and the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from credcheck.model import SuiteStatus
    from credcheck.pytest_plugin.state import State


def header(state: State) -> str | None:
    """Say who is running; nothing for a project that does not use the plugin."""
    if not state.active:
        return None
    broker = state.broker
    text = f"credcheck: context {broker.context.kind} ({broker.context.reason})"
    if broker.manifest.path is not None:
        text += f", manifest {broker.manifest.path.name}"
    ready = readiness(state)
    return f"{text}, {ready.removeprefix('credcheck: ')}" if ready else text


def readiness(state: State) -> str | None:
    """Say how many secrets are ready and name those that are missing."""
    if not state.active or state.collects_only:
        return None
    names = state.broker.resolved()
    if not names:
        return None
    states = {name: state.broker.status(name).state for name in names}
    ready = sum(found in {"ready", "deferred"} for found in states.values())
    missing = [f"{n} {found}" for n, found in states.items() if found not in {"ready", "deferred"}]
    text = f"credcheck: {ready} of {len(states)} secrets ready"
    return f"{text}; {', '.join(missing)}" if missing else text


def summary(state: State, terminal: Any) -> None:
    """List the suites that did not run, with their count, reason and next step, and warnings."""
    if not state.active or state.collects_only or state.refused:
        return
    report = state.report()
    stopped = [suite for suite in report.suites if suite.outcome != "run" and suite.tests]
    warnings = [found for found in report.findings if found.severity != "info"]
    warnings = [found for found in warnings if found.code not in {"CRED001", "CRED003"}]
    if not stopped and not warnings:
        return
    hints = {secret.name: secret.hint for secret in report.secrets}
    terminal.section("credcheck", sep="=")
    for suite in stopped:
        terminal.line(suite_line(suite))
        for name in suite.missing:
            if hints.get(name):
                terminal.line(f"    {name}: {hints[name]}")
    for found in warnings:
        terminal.line(f"{found.severity} {found.code}: {found.message}")


def suite_line(suite: SuiteStatus) -> str:
    """Say what became of one suite."""
    verb = {"skip": "skipped", "fail": "failed"}.get(suite.outcome, suite.outcome)
    if " tests: " in suite.reason:  # only some of them
        return f"{suite.name}: {verb} {suite.reason}"
    tests = f"{suite.tests} test" if suite.tests == 1 else f"{suite.tests} tests"
    return f"{suite.name}: {verb} {tests}: {suite.reason}"
