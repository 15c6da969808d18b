"""What the plugin knows of one run; one object, in the config's stash."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import NoReturn

    from credcheck.broker import Broker
    from credcheck.errors import UsageError
    from credcheck.model import Finding, TestGroup
    from credcheck.pytest_plugin.outcomes import Outcomes
    from credcheck.pytest_plugin.scrubbing import Scrubbing
    from credcheck.pytest_plugin.stops import Stop
    from credcheck.secret import Secret

REFUSED = 3
_WITHOUT_TESTS = ("collectonly", "showfixtures", "show_fixtures_per_test", "setupplan", "cacheshow")
NAMES = pytest.StashKey[tuple[str, ...]]()
SUITE = pytest.StashKey[str]()
DUMMIES = pytest.StashKey[dict[str, str]]()  # on a test that replays a cassette: its values


class State:
    """The broker of the run, which tests were stopped, and what ends the run."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.root: Path = config.rootpath
        self.is_worker = hasattr(config, "workerinput")
        self.collects_only = any(
            config.getoption(option, default=False) for option in _WITHOUT_TESTS
        )
        self.strict = bool(config.getoption("--credcheck-strict"))
        self.groups: tuple[TestGroup, ...] = ()
        self.needed: dict[str, None] = {}  # every name that a selected test may see
        self.stopped: dict[str, Stop] = {}  # by node id
        self.refused: list[Finding] = []
        self.exit_code: int | None = None
        self.scrubbing: Scrubbing | None = None
        self.failures_elsewhere = 0  # texts that a worker could not scrub
        self.outcomes: Outcomes | None = None
        self._broker: Broker | None = None
        self._is_over = False
        self._stop_watching: Callable[[], None] | None = None

    # ── scrubbing ─────────────────────────────────────────────────────────────────────────────

    def watch(self) -> None:
        """Scrub the run's output from the first secret on that this process comes to know."""
        from credcheck.secret import known_secrets, listen

        if self.is_worker and self.config.getoption("--credcheck-capture") == "fd":
            from credcheck.pytest_plugin.capturing import start_filter

            start_filter(self.config)
        self._stop_watching = listen(self._learn)
        if known_secrets():
            self._start_scrubbing()

    def _learn(self, name: str, secret: Secret) -> None:  # noqa: ARG002
        self._start_scrubbing()

    def _start_scrubbing(self) -> None:
        if self.scrubbing is None:
            from credcheck.pytest_plugin.scrubbing import Scrubbing

            self.scrubbing = Scrubbing(self.config)
            self.scrubbing.start()
            self._take_part()

    def _take_part(self) -> None:
        """Register the hooks that are called for every test."""
        from credcheck.pytest_plugin.running import RunHooks

        if not self.config.pluginmanager.hasplugin("credcheck-running"):
            self.config.pluginmanager.register(RunHooks(self), "credcheck-running")

    def close(self) -> None:
        """End the watch; what is scrubbed stays so until the process ends."""
        if self._stop_watching is not None:
            self._stop_watching()
            self._stop_watching = None

    def stop_tests(self) -> None:
        """Register the hook that stops the tests which are to be stopped."""
        from credcheck.pytest_plugin.running import StopHooks

        if not self.config.pluginmanager.hasplugin("credcheck-stopping"):
            self.config.pluginmanager.register(StopHooks(), "credcheck-stopping")

    # ── the broker ────────────────────────────────────────────────────────────────────────────

    @property
    def active(self) -> bool:
        """Tell whether the project has a manifest, or a test asked for a secret."""
        return self._broker is not None and not self._is_over

    def open(self) -> None:
        """Load the broker if the project has a manifest, or this is a worker that was given one.

        Raises:
            pytest.UsageError: the manifest, or an option, is wrong.
        """
        import os

        if self.is_worker:
            from credcheck.pytest_plugin.sharing import open_in_worker

            open_in_worker(self)
        elif self.config.getoption("help", default=False):
            return
        elif os.environ.get("CREDCHECK_MANIFEST") or has_manifest(self.root):
            self.broker.remember_local()

    @property
    def broker(self) -> Broker:
        """The broker; it is loaded when it is first needed.

        Raises:
            pytest.UsageError: the manifest, or an option, is wrong.
        """
        if self._broker is None:
            import os

            from credcheck.broker import Broker
            from credcheck.errors import UsageError

            named = os.environ.get("CREDCHECK_MANIFEST")
            try:
                self._broker = Broker.load(
                    self.config.invocation_params.dir / named if named else None,
                    context=self.config.getoption("--credcheck-context"),
                    environ=dict(os.environ),
                    cwd=self.root,
                )
            except UsageError as error:
                self.give_up(error)
            if self.is_worker:
                from credcheck.pytest_plugin.sharing import follow_controller

                follow_controller(self)
            self._take_part()
        return self._broker

    def resolve(self, names: Iterable[str]) -> None:
        """Resolve all of them in one batch, and take note of what ends the run.

        Raises:
            pytest.UsageError: `.env.test` is broken.
        """
        from credcheck.errors import UsageError

        try:
            self.broker.resolve(names)
            self.refused = list(self.broker.refusals())
        except UsageError as error:
            self.give_up(error)

    def resolve_inside(self, name: str, session: pytest.Session) -> None:
        """Resolve a secret from inside a test or a fixture; whatever ends the run ends it here."""
        __tracebackhide__ = True
        from credcheck.errors import UsageError

        try:
            self.broker.resolve((name,))
            self.end_inside_if_refused(session)
        except UsageError as error:
            self._is_over = True
            self.end_inside(session, f"credcheck: {error}", int(pytest.ExitCode.USAGE_ERROR))

    def begin_telling(self) -> None:
        """Count what becomes of each suite, if somebody is to be told."""
        told = self.config.getoption("--credcheck-report") or self.in_actions
        if self.outcomes is None and self.active and told and not self.collects_only:
            from credcheck.pytest_plugin.outcomes import Outcomes

            self.outcomes = Outcomes()
            self.config.pluginmanager.register(self.outcomes, "credcheck-outcomes")

    @property
    def in_actions(self) -> bool:
        """Tell whether this is a job of GitHub Actions."""
        return self.active and self.broker.context.environ.get("GITHUB_ACTIONS") == "true"

    def path_of(self, item: pytest.Item) -> str:
        """Give a test module's path relative to the manifest's folder, with forward slashes."""
        return _relative(item.path, self.broker.manifest.root if self.active else self.root)

    def current_path(self) -> str:
        """Give the module of the test that is running, or whose fixtures are being made."""
        import os

        module = os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0]
        root = self.broker.manifest.root
        return _relative(self.root / module, root) if module else ""

    def suite_of(self, item: pytest.Item) -> str:
        """Give the suite of a test that asks for what no mark of it names."""
        from credcheck.preflight import suite_by_path

        path = self.path_of(item)
        suite = suite_by_path(self.broker.manifest, path)
        return suite.name if suite else path.removesuffix(".py")

    def note(self, report: pytest.TestReport) -> None:
        """Count a test that credcheck stopped."""
        told = getattr(report, "credcheck", None)
        if told is not None:
            from credcheck.pytest_plugin.stops import Stop

            self.stopped[report.nodeid] = Stop(*told)

    # ── ending ────────────────────────────────────────────────────────────────────────────────

    def give_up(self, error: UsageError) -> NoReturn:
        """End the run with pytest's usage error; nothing is told of it afterwards.

        Raises:
            pytest.UsageError: always.
        """
        self._is_over = True
        raise pytest.UsageError(f"credcheck: {error}") from None

    def refusal_text(self) -> str:
        """Say what ends the run and what to do."""
        lines = [f"{found.message} {found.hint}".rstrip() for found in self.refused]
        return "credcheck refuses to run: " + "\n".join(lines)

    def end_if_refused(self, session: pytest.Session) -> None:
        """End the session before its first test, plain or in a worker.

        `pytest.exit` in an xdist worker is an internal error there: a worker stops instead, and
        tells the controller.
        """
        if not self.refused:
            return
        self.exit_code = REFUSED
        if self.is_worker:
            session.shouldstop = self.refusal_text()
        else:
            pytest.exit("\n".join([self.refusal_text(), *self._write_report()]), REFUSED)

    def end_inside_if_refused(self, session: pytest.Session) -> None:
        """End the run from inside a test or a fixture, if a production credential was found."""
        __tracebackhide__ = True
        self.refused = list(self.broker.refusals())
        if self.refused:
            self.end_inside(session, self.refusal_text(), REFUSED)

    def end_inside(self, session: pytest.Session, text: str, code: int) -> NoReturn:
        """Fail the running test and let the run end after it."""
        __tracebackhide__ = True
        self.exit_code = code
        session.shouldstop = text
        pytest.fail(text, pytrace=False)

    def finish(self, session: pytest.Session) -> None:
        """Give a refused run its exit code, and write the report.

        Raises:
            pytest.UsageError: the report cannot be written, and nothing worse has happened.
        """
        if self.is_worker:
            return
        if self.exit_code is not None:
            session.exitstatus = self.exit_code
        elif session.exitstatus == 0 and self.over_budget():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self.in_actions and not self.collects_only:
            from credcheck.pytest_plugin.outcomes import tell_github

            tell_github(self)
        problems = self._write_report()
        if problems and self.exit_code is None:
            raise pytest.UsageError(*problems)

    def over_budget(self) -> dict[str, str]:
        """Tell which suites were skipped more often than the manifest allows."""
        if not self.active or self.refused:
            return {}
        skipped = Counter(s.suite for s in self.stopped.values() if s.outcome == "skip")
        return self.broker.skips_over_budget(skipped)

    def _write_report(self) -> list[str]:
        """Write the JSON report, if one was asked for; give a sentence if it cannot be written."""
        target = self.config.getoption("--credcheck-report")
        if target is None or self.collects_only or self._is_over:
            return []
        from credcheck.pytest_plugin.telling import write_report

        return write_report(self, self.config.invocation_params.dir / target)


def _relative(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


def has_manifest(root: Path) -> bool:
    """Look for a manifest, where the reader looks for one, without importing that reader."""
    above = [root, *root.parents]
    top = next((n for n, folder in enumerate(above) if _exists(folder / ".git")), 0)
    return any(
        _exists(folder / "credcheck.toml") or _has_table(folder / "pyproject.toml")
        for folder in above[: top + 1]
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder above us that we may not look into
        return False


def _has_table(path: Path) -> bool:
    """Tell whether a `pyproject.toml` has a table of ours; many just name our distribution."""
    try:
        data = path.read_bytes() if path.is_file() else b""
    except OSError:
        return False
    if b"credcheck" not in data:
        return False
    import tomllib

    try:
        tool = tomllib.loads(data.decode("utf-8-sig")).get("tool")
    except ValueError:
        return b"tool.credcheck" in data  # then the reader says what is wrong with it
    return isinstance(tool, dict) and "credcheck" in tool


STATE = pytest.StashKey[State]()


def state_of(config: pytest.Config) -> State:
    """Give the plugin's state of this run."""
    return config.stash[STATE]


def let_go_of_tests() -> None:
    """Let our modules hold no run that is over.

    Pytest has loaded them by its hook that rewrites `assert`, which holds the config, and by that
    every test: ten thousand of them were freed late, at the end of the process, and at some cost.
    A copy of the hook takes its place, since pytest looks for one in a later run.
    """
    import sys
    from copy import copy

    without: dict[int, Any] = {}
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None) if name.startswith("credcheck") else None
        hook: Any = getattr(spec, "loader", None)
        if spec is None or getattr(hook, "config", None) is None:
            continue
        if id(hook) not in without:
            without[id(hook)] = copy(hook)
            without[id(hook)].config = without[id(hook)].session = None
        module.__loader__ = spec.loader = without[id(hook)]
