"""pytest-xdist: the controller resolves, the workers ask it over an execnet channel of their own.

Only a worker knows which tests are selected: it collects, applies `-k`, `-m`, `--lf` and the like,
asks for what is left, and only then tells xdist what it has collected. What a running test asks for
goes the same way. The controller asks every source once, for the first worker that needs it.
"""

from __future__ import annotations

from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Any

import pytest

from credcheck.pytest_plugin.state import REFUSED, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from credcheck.model import TestGroup
    from credcheck.pytest_plugin.state import State

# ── the controller ────────────────────────────────────────────────────────────────────────────


class XdistHooks:
    """The hooks that exist only where xdist is."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._session: pytest.Session | None = None
        self._lock = Lock()
        self._mistake: str | None = None  # what ends the run with pytest's usage error

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """End the run before a worker starts, if what lies here is refused or broken."""
        self._session = session
        state = state_of(session.config)
        if is_controller(session.config) and state.active and not state.collects_only:
            state.resolve(())
            state.end_if_refused(session)

    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker what is known so far, and the channel on which it asks for more."""
        from credcheck.secret import known_secrets

        state = state_of(node.config)
        channel = node.gateway.newchannel()
        channel.setcallback(partial(self._hear, state, channel))
        node.workerinput["credcheck"] = {
            "active": state.active,
            "channel": channel,
            "known": [(name, secret.reveal()) for name, secret in known_secrets()],
        }

    def _hear(self, state: State, channel: Any, message: Mapping[str, Any]) -> None:
        """Answer a worker; in the thread that reads from it, one worker at a time."""
        with self._lock:
            if "mistake" in message:
                self._mistake = message["mistake"]
                return
            try:
                channel.send(self._answer(state, message))
            except pytest.UsageError as error:
                self._mistake = str(error)
                channel.send({"mistake": self._mistake})
            except Exception as error:  # noqa: BLE001  # the worker waits, so it must hear something
                text = f"credcheck: resolving failed: {type(error).__name__}"
                channel.send({"mistake": text})

    def _answer(self, state: State, message: Mapping[str, Any]) -> dict[str, Any]:
        groups = told_groups(message["groups"])
        state.groups = groups or state.groups
        state.resolve(message["names"])
        if state.refused:
            state.exit_code = REFUSED
        return state.broker.dump(message["names"])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any) -> None:
        """End the run before its first test, if it is to be ended; begin to tell otherwise."""
        state = state_of(node.config)
        if self._mistake is not None:
            raise pytest.UsageError(self._mistake)
        if self._session is not None:
            state.end_if_refused(self._session)
        state.begin_telling()
        plugins = node.config.pluginmanager
        if state.active and not plugins.hasplugin("credcheck-readiness"):
            plugins.register(Readiness(state), "credcheck-readiness")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what was stopped where only a worker knows that anything needs a secret."""
        state_of(self._config).note(report)

    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ARG002
        """Take over what a worker found; that it stopped, xdist knows by itself."""
        output = (getattr(node, "workeroutput", None) or {}).get("credcheck")
        if output is not None:
            take_over(state_of(node.config), output)


class Readiness:
    """Says what is ready and what is missing, once, where xdist has told of its workers."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._told = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        """Write the line before anything is written of the first test."""
        if self._told:
            return
        self._told = True
        from credcheck.pytest_plugin.telling import readiness

        terminal = self._state.config.pluginmanager.getplugin("terminalreporter")
        line = readiness(self._state) if terminal is not None else None
        if line:
            terminal.write_line(line)


def is_controller(config: pytest.Config) -> bool:
    """Tell whether this process distributes tests to workers."""
    return not hasattr(config, "workerinput") and config.getoption("dist", "no") != "no"


def take_over(state: State, output: Mapping[str, Any]) -> None:
    """Take what a worker handed over: what fixtures provided there, and why it stopped."""
    from credcheck.model import Finding

    if output["provided"]["statuses"]:
        state.broker.restore(output["provided"])
    state.groups = told_groups(output["groups"]) or state.groups
    state.failures_elsewhere += output["failures"]
    if state.exit_code != REFUSED and output["exit_code"] is not None:
        state.exit_code = output["exit_code"]
        state.refused = [Finding(*fields) for fields in output["refused"]]


# ── a worker ──────────────────────────────────────────────────────────────────────────────────


def open_in_worker(state: State) -> None:
    """Learn what the controller knew when this worker started, and load the broker if it had one.

    Raises:
        pytest.UsageError: the manifest, or an option, is wrong.
    """
    from credcheck.secret import Secret, remember

    shared = shared_with(state)
    for name, value in shared["known"]:
        remember(name, Secret(value))
    if shared["active"]:
        _ = state.broker


def shared_with(state: State) -> dict[str, Any]:
    """Give what the controller has handed to this worker."""
    shared: dict[str, Any] = state.config.workerinput["credcheck"]  # type: ignore[attr-defined]
    return shared


def follow_controller(state: State) -> None:
    """Let the controller resolve what this worker's broker is asked for."""
    state.broker.follow(partial(ask_controller, state))


def ask_controller(state: State, names: Sequence[str]) -> Mapping[str, Any]:
    """Ask the controller what became of these secrets; wait as long as the sources take.

    Raises:
        UsageError: what the controller says is wrong, or it is gone.
    """
    from credcheck.errors import UsageError

    channel = shared_with(state)["channel"]
    try:
        channel.send({"names": [str(name) for name in names], "groups": plain_groups(state)})
        answer: Mapping[str, Any] = channel.receive()
    except (OSError, EOFError):
        raise UsageError("the controller of pytest-xdist is gone") from None
    if "mistake" in answer:
        raise UsageError(answer["mistake"].removeprefix("credcheck: "))
    return answer


def gate_in_worker(state: State, session: pytest.Session) -> None:
    """Decide every test; what ends the run is told to the controller, which ends it."""
    from credcheck.pytest_plugin.gating import gate, keep_from_running

    try:
        gate(state, session.items)
        state.end_if_refused(session)
    except pytest.UsageError as error:  # raised here, it would be an internal error of xdist
        session.shouldstop = str(error)
        keep_from_running(state, session.items, str(error))
        shared_with(state)["channel"].send({"mistake": str(error)})


def hand_over(state: State) -> None:
    """Hand the controller what only this worker knows: all but values."""
    output: dict[str, Any] = state.config.workeroutput  # type: ignore[attr-defined]
    provided: dict[str, Any] = {"statuses": {}}
    if state.active:
        names = state.broker.resolved()
        own = [name for name in names if state.broker.status(name).source == "fixture"]
        provided = state.broker.account(own)
    output["credcheck"] = {
        "provided": provided,
        "groups": plain_groups(state),
        "refused": [list(found) for found in state.refused],
        "exit_code": state.exit_code,
        "failures": 0 if state.scrubbing is None else state.scrubbing.failures,
    }


# ── on the way ────────────────────────────────────────────────────────────────────────────────


def plain_groups(state: State) -> list[Any]:
    """Give the groups of tests in builtin types."""
    return [
        [group.path, group.count, group.need.all_of, group.need.any_of] for group in state.groups
    ]


def told_groups(groups: Sequence[Any]) -> tuple[TestGroup, ...]:
    """Give the groups of tests that a worker has told."""
    from credcheck.model import Need, TestGroup

    return tuple(
        TestGroup(
            path=path, line=0, count=count, need=Need(tuple(all_of), tuple(map(tuple, any_of)))
        )
        for path, count, all_of, any_of in groups
    )
