"""The pytest plugin: hooks of a few lines each around the functions of the other modules.

It is imported in every pytest run of the environment, used or not, so it imports nothing here but
pytest and what is light; the broker is loaded when a project has a manifest or a test a mark, and
the hooks that are called for every test come with it (`running.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credcheck.pytest_plugin.fixtures import secrets, session_secrets
from credcheck.pytest_plugin.state import STATE, State, let_go_of_tests, state_of

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

__all__ = ["secrets", "session_secrets"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("credcheck", "test credentials")
    group.addoption(
        "--credcheck-context",
        metavar="local|ci|fork",
        help="who is running; detected if not said",
    )
    group.addoption(
        "--credcheck-strict",
        action="store_true",
        help="a missing secret fails its tests instead of skipping them",
    )
    group.addoption(
        "--credcheck-report", metavar="FILE", help="write the report to this file, as JSON"
    )
    group.addoption(
        "--credcheck-capture",
        choices=("sys", "fd"),
        default="sys",
        help="scrub what Python writes (sys), or all that anybody writes to the terminal (fd)",
    )
    group.addoption(
        "--credcheck-add-mask",
        action="store_true",
        help="in GitHub Actions, let the runner mask values that did not come from the environment;"
        " standard output must lead to its log alone",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Take over the descriptors before pytest's own capture does."""
    if early_config.known_args_namespace.credcheck_add_mask:
        from credcheck.pytest_plugin.masking import start_masking

        start_masking(early_config)
    if early_config.known_args_namespace.credcheck_capture == "fd":
        from credcheck.pytest_plugin.capturing import start_filter

        start_filter(early_config)
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark, and read the manifest if there is one."""
    config.addinivalue_line(
        "markers",
        "require_secret(*names, any_of=False, reason=None): the test needs these credentials",
    )
    config.stash[STATE] = State(config)
    if hasattr(config.hook, "pytest_configure_node"):  # xdist, under whatever name it was loaded
        from credcheck.pytest_plugin.sharing import XdistHooks

        config.pluginmanager.register(XdistHooks(config), "credcheck-xdist")
    state_of(config).watch()
    state_of(config).open()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what was begun for this run alone."""
    state = config.stash.get(STATE, None)
    if state is not None:
        state.close()
    let_go_of_tests()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Decide every test that is left; end the run if a production credential was found.

    Not in `pytest_collection_modifyitems`: `--lf` and others deselect after every hook there.
    """
    from credcheck.pytest_plugin.marks import any_marked

    state = state_of(session.config)
    if state.is_worker:
        from credcheck.pytest_plugin.sharing import gate_in_worker

        gate_in_worker(state, session)
    elif state.active or any_marked(session.items):
        from credcheck.pytest_plugin.gating import gate

        gate(state, session.items)
        state.end_if_refused(session)
    if state.scrubbing is not None:
        state.scrubbing.cleaner.trust(item.nodeid for item in session.items)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say who is running, and with which manifest."""
    if not state_of(config).active:
        return None
    from credcheck.pytest_plugin.telling import header

    return header(state_of(config))


def pytest_report_collectionfinish(config: pytest.Config) -> str | None:
    """Say what is ready and what is missing."""
    if not state_of(config).active:
        return None
    from credcheck.pytest_plugin.telling import readiness

    return readiness(state_of(config))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """List each suite that did not run, and why."""
    from credcheck.pytest_plugin.telling import summary

    summary(state_of(config), terminalreporter)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """Hand over what a worker found; give the exit code of a refusal, and write the report."""
    state = state_of(session.config)
    if state.is_worker:
        from credcheck.pytest_plugin.sharing import hand_over

        hand_over(state)  # before xdist's own hook sends the worker's output
        return (yield)
    result = yield
    if not session.config.pluginmanager.hasplugin("terminalreporter"):
        from credcheck.pytest_plugin.terminals import tell_elsewhere

        tell_elsewhere(state)
    state.finish(session)
    return result
