"""pytest-xdist: the controller resolves, the workers are told over execnet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from credcheck.pytest_plugin.state import state_of

if TYPE_CHECKING:
    from credcheck.pytest_plugin.state import State


class XdistHooks:
    """The hooks that exist only where xdist is."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Resolve before the workers start, and end the run if a credential is refused."""
        state = state_of(session.config)
        if is_controller(session.config) and not state.collects_only:
            resolve_for_workers(state)
            state.end_if_refused(session)

    def pytest_configure_node(self, node: Any) -> None:
        """Hand a worker everything that was resolved, on the channel that only it reads."""
        state = state_of(node.config)
        if state.active:
            from credcheck.secret import known_secrets

            node.workerinput["credcheck"] = {
                "broker": state.broker.dump(),
                "known": [(name, secret.reveal()) for name, secret in known_secrets()],
            }

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what was stopped where only a worker knows that anything needs a secret."""
        state_of(self._config).note(report)

    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ARG002
        """Take over what a worker found; that it stopped, xdist knows by itself."""
        output = (getattr(node, "workeroutput", None) or {}).get("credcheck")
        if output is not None:
            state_of(node.config).take_over(output)


def is_controller(config: pytest.Config) -> bool:
    """Tell whether this process distributes tests to workers."""
    return not hasattr(config, "workerinput") and config.getoption("dist", "no") != "no"


def resolve_for_workers(state: State) -> None:
    """Resolve what the selected tests need, as far as their source tells without importing it.

    What cannot be read from the source (a computed name, a broken file) might be any of the
    declared secrets, so that all of them are resolved then.

    Raises:
        pytest.UsageError: the manifest or `.env.test` is wrong.
    """
    from credcheck.discovery import discover

    folder = state.config.invocation_params.dir
    root, suite_paths = state.root, []
    if state.active:
        manifest = state.broker.manifest
        root = manifest.root
        suite_paths = [path for suite in manifest.suites.values() for path in suite.paths]
    problems: list[str] = []
    args = [str(folder / arg) for arg in state.config.args]
    groups = discover(root, args, suite_paths=suite_paths, problems=problems)
    names = [name for group in groups for name in group.need.names]
    if not names and not state.active:
        return
    names += [name for group in groups for name in state.broker.suite_secrets(group.path)]
    if problems or any(group.opaque for group in groups):
        names += state.broker.manifest.secrets
    state.groups = groups
    state.resolve(names)
    state.begin_telling()
