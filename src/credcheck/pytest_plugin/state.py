"""What the plugin knows of one run; one object, in the config's stash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path
    from typing import NoReturn

    from credcheck.broker import Broker
    from credcheck.model import Finding, Report, TestGroup
    from credcheck.preflight import Decision

REFUSED = 3
FAILURE = pytest.StashKey[str]()
NAMES = pytest.StashKey[tuple[str, ...]]()


class State:
    """The broker of the run, what was decided, and what ends it."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.root: Path = config.rootpath
        self.is_worker = hasattr(config, "workerinput")
        self.collects_only = bool(config.getoption("collectonly", default=False))
        self.strict = bool(config.getoption("--credcheck-strict"))
        self.groups: tuple[TestGroup, ...] = ()
        self.decisions: list[Decision] = []
        self.refused: list[Finding] = []
        self._broker: Broker | None = None
        self._is_over = False

    # ── the broker ────────────────────────────────────────────────────────────────────────────

    @property
    def active(self) -> bool:
        """Tell whether the project has a manifest, or a test asked for a secret."""
        return self._broker is not None and not self._is_over

    def give_up(self, error: Exception) -> NoReturn:
        """End the run with pytest's usage error; nothing is told of it afterwards.

        Raises:
            pytest.UsageError: always.
        """
        self._is_over = True
        raise pytest.UsageError(f"credcheck: {error}") from None

    def open(self) -> None:
        """Load the broker if the project has a manifest, or this is a worker that was given one.

        Raises:
            pytest.UsageError: the manifest, or an option, is wrong.
        """
        import os

        shared = getattr(self.config, "workerinput", {}).get("credcheck")
        if shared is not None:
            self.broker.restore(shared)
        elif os.environ.get("CREDCHECK_MANIFEST") or self._has_manifest():
            _ = self.broker

    def _has_manifest(self) -> bool:
        """Look for a manifest without importing what reads one."""
        for folder in (self.root, *self.root.parents):
            if (folder / "credcheck.toml").is_file():
                return True
            try:
                if b"tool.credcheck" in (folder / "pyproject.toml").read_bytes():
                    return True
            except OSError:
                pass
            if (folder / ".git").exists():
                return False
        return False

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

            try:
                self._broker = Broker.load(
                    context=self.config.getoption("--credcheck-context"),
                    environ=dict(os.environ),
                    cwd=self.root,
                )
            except UsageError as error:
                self.give_up(error)
        return self._broker

    def path_of(self, item: pytest.Item) -> str:
        """Give a test module's path relative to the manifest's folder, with forward slashes."""
        root = self.broker.manifest.root if self.active else self.root
        try:
            return item.path.relative_to(root).as_posix()
        except ValueError:
            return item.path.as_posix()

    # ── ending ────────────────────────────────────────────────────────────────────────────────

    def refuse(self) -> bool:
        """Take note of what ends the run; tell whether anything does.

        Raises:
            pytest.UsageError: `.env.test` is broken.
        """
        from credcheck.errors import UsageError

        if self.active and not self.refused:
            try:
                self.refused = list(self.broker.refusals())
            except UsageError as error:
                self.give_up(error)
        return bool(self.refused)

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
        if self.is_worker:
            session.shouldstop = self.refusal_text()
        else:
            self.write_report()
            pytest.exit(self.refusal_text(), returncode=REFUSED)

    def refuse_now(self, item_session: pytest.Session) -> None:
        """End the run from inside a test or a fixture."""
        self.refuse()
        item_session.shouldstop = self.refusal_text()
        pytest.fail(self.refusal_text(), pytrace=False)

    def fail_if_decided(self, item: pytest.Item) -> None:
        """Fail a test that the policy fails."""
        reason = item.stash.get(FAILURE, None)
        if reason is not None:
            pytest.fail(reason, pytrace=False)

    def hand_over(self) -> None:
        """Hand a worker's refusals to the controller."""
        if self.is_worker:
            output: dict[str, Any] = self.config.workeroutput  # type: ignore[attr-defined]
            output["credcheck"] = [list(found) for found in self.refused]

    def finish(self, session: pytest.Session) -> None:
        """Give a refused run its exit code, and write the report."""
        if self.refused and not self.is_worker:
            session.exitstatus = REFUSED
        self.write_report()

    # ── the report ────────────────────────────────────────────────────────────────────────────

    def report(self) -> Report:
        """Give the report of the tests that were selected."""
        return self.broker.report(strict=self.strict, groups=self.groups)

    def write_report(self) -> None:
        """Write the JSON report, if one was asked for.

        Raises:
            pytest.UsageError: the file cannot be written.
        """
        target = self.config.getoption("--credcheck-report")
        if target is None or self.is_worker or self.collects_only or self._is_over:
            return
        from pathlib import Path

        from credcheck.reporters import render

        path = self.config.invocation_params.dir / Path(target)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(render("json", self.report()), encoding="utf-8")
        except OSError as error:
            message = f"credcheck: {target} cannot be written: {error.strerror}"
            raise pytest.UsageError(message) from None


STATE = pytest.StashKey[State]()


def state_of(config: pytest.Config) -> State:
    """Give the plugin's state of this run."""
    return config.stash[STATE]
