"""No value that this process knows is in what pytest and its reporters write.

Active from the first secret on that becomes known: a project without one pays nothing. Reports are
scrubbed twice, innermost (so that other plugins see clean ones) and when they are handed on (so
that what those add is clean), and under pytest-xdist on both ends.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from credcheck.pytest_plugin.files import sweep
from credcheck.pytest_plugin.ids import IdHooks
from credcheck.pytest_plugin.reports import Cleaner
from credcheck.scrubber import Scrubber
from credcheck.scrubber.writers import scrub_writes

if TYPE_CHECKING:
    import logging
    import warnings
    from collections.abc import Callable, Generator, Sequence


class Scrubbing:
    """The scrubber of a run, and all that it stands before."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.scrubber = Scrubber.of_process()
        self._is_worker = hasattr(config, "workerinput")
        self.cleaner = Cleaner(self.scrubber, node_ids=not self._is_worker)

    def start(self) -> None:
        """Stand before the hooks, the streams and the log file."""
        manager = self._config.pluginmanager
        manager.register(IdHooks(self.scrubber), "credcheck-ids")
        manager.register(InnerHooks(self.cleaner), "credcheck-inner")
        manager.register(OuterHooks(self), "credcheck-outer")
        self.take_streams()
        self._take_log_file()
        if not self._is_worker:
            self._config.add_cleanup(lambda: sweep(self._config, self.scrubber))

    def take_streams(self) -> None:
        """Scrub what is written to the terminal; again when a plugin may have changed it."""
        capture: Any = self._config.pluginmanager.getplugin("capturemanager")
        if capture is None:
            self._take(sys.stdout, sys.stderr)
        else:
            with capture.global_and_fixture_disabled():
                self._take(sys.stdout, sys.stderr)
        terminal: Any = self._config.pluginmanager.getplugin("terminalreporter")
        self._take(getattr(getattr(terminal, "_tw", None), "_file", None))

    def _take(self, *streams: Any) -> None:
        for stream in streams:
            scrub_writes(stream, self.scrubber)

    def _take_log_file(self) -> None:
        """Scrub `--log-file`: its handler alone, so that `caplog` shows the truth."""
        plugin: Any = self._config.pluginmanager.getplugin("logging-plugin")
        handler = getattr(plugin, "log_file_handler", None)
        if handler is None:
            return
        original: Callable[[logging.LogRecord], str] = handler.format

        def formatted(record: logging.LogRecord) -> str:
            return self.scrubber.text(original(record))

        handler.format = formatted

    @property
    def failures(self) -> int:
        """How many texts were replaced as a whole, because scrubbing failed."""
        return self.scrubber.failures + self.cleaner.failures


class InnerHooks:
    """Scrubs a collector's report before any other plugin sees it."""

    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_make_collect_report(self) -> Generator[None, Any, Any]:
        """Scrub a collector's report."""
        report = yield
        self._cleaner.report(report)
        return report


class OuterHooks:
    """Scrubs what passes by no test's report; those are the matter of `RunHooks`."""

    def __init__(self, scrubbing: Scrubbing) -> None:
        self._scrubbing = scrubbing
        self._cleaner = scrubbing.cleaner

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Look at the streams again: a plugin may have brought its own terminal reporter."""
        self._scrubbing.take_streams()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Look at the node ids that a worker has collected."""
        self._cleaner.trust(ids)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, Any, Any]:
        """Scrub a collector's report again."""
        report = yield
        self._cleaner.report(report)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_collectreport(self, report: Any) -> None:
        """Scrub a collector's report that came from a worker."""
        self._cleaner.report(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Scrub the text of a warning; its category stays."""
        text = str(warning_message.message)
        clean = self._scrubbing.scrubber.text(text)
        if clean is not text:
            warning_message.message = clean

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Scrub the traceback of an error in pytest or a plugin."""
        self._cleaner.value(excrepr)
