"""pytest-xdist: the controller resolves, the workers are told over execnet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from credcheck.pytest_plugin.state import state_of

if TYPE_CHECKING:
    from credcheck.pytest_plugin.state import State


class XdistHooks:
    """The hooks that exist only where xdist is."""

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
            node.workerinput["credcheck"] = state.broker.dump()

    def pytest_testnodedown(self, node: Any, error: object) -> None:  # noqa: ARG002
        """Take over what a worker found."""
        from credcheck.model import Finding

        output = getattr(node, "workeroutput", None) or {}
        refused = [Finding(*fields) for fields in output.get("credcheck", ())]
        if refused:
            state = state_of(node.config)
            state.refused = refused
            session = node.config.pluginmanager.getplugin("session")
            if session is not None:
                session.shouldstop = state.refusal_text()


def is_controller(config: pytest.Config) -> bool:
    """Tell whether this process distributes tests to workers."""
    return not hasattr(config, "workerinput") and config.getoption("dist", "no") != "no"


def resolve_for_workers(state: State) -> None:
    """Resolve what the selected tests need, as far as their source tells without importing it.

    Raises:
        pytest.UsageError: the manifest or `.env.test` is wrong.
    """
    from credcheck.discovery import discover
    from credcheck.pytest_plugin.gating import need_names, resolve_now

    config = state.config
    suite_paths: list[str] = []
    if state.active:
        suites = state.broker.manifest.suites.values()
        suite_paths = [path for suite in suites for path in suite.paths]
    root = state.broker.manifest.root if state.active else state.root
    groups = discover(root, [str(arg) for arg in config.args], suite_paths=suite_paths)
    names = [name for group in groups for name in need_names(group.need)]
    if not names and not state.active:
        return
    names += [name for group in groups for name in state.broker.suite_secrets(group.path)]
    if any(group.opaque for group in groups):
        names += state.broker.manifest.secrets
    resolve_now(state, names)
    state.groups = groups
    state.refuse()
