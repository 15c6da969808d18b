"""The files that pytest and its reporters have written: looked through at the end of the run.

What passes by no report (properties of a test suite, metadata of a page, the cache) is found here.
Only files that reporters make are rewritten, whole or not at all.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from credcheck.scrubber import Scrubber

# options that name a file or folder of reports: those of pytest, and of its usual companions
_OPTIONS = (
    "xmlpath",
    "htmlpath",
    "json_report_file",
    "report_log",
    "allure_report_dir",
    "md_report_output",
    "ctrf",
    "csv_path",
    "tap_outdir",
    "log_file",
    "cucumber_json_path",
)


def sweep(config: pytest.Config, scrubber: Scrubber) -> None:
    """Scrub each report file in its place; say which one could not be."""
    for path in report_files(config):
        try:
            rewrite(path, scrubber)
        except OSError as error:
            message = f"credcheck: {path} was not scrubbed: {error.strerror}\n"
            sys.stderr.write(scrubber.text(message))


def report_files(config: pytest.Config) -> Iterator[Path]:
    """Give every file that a reporter of this run may have written."""
    for option in _OPTIONS:
        named: Any = config.getoption(option, default=None)
        if option == "json_report_file" and not config.getoption("json_report", default=False):
            continue
        if isinstance(named, str | Path) and str(named):
            yield from _files(config.invocation_params.dir / named)
    rich: Any = config.getoption("rich_capture", default=None)
    if isinstance(rich, str):
        yield from _rich_files(config.invocation_params.dir, rich)
    cache: Any = getattr(config, "cache", None)
    if cache is not None:
        yield from _files(Path(cache._cachedir, "v"))  # noqa: SLF001  # there is no public name
    debug: Any = config.getoption("debug", default=None)
    if debug:
        yield from _files(config.invocation_params.dir / str(debug))


def _rich_files(folder: Path, named: str) -> Iterator[Path]:
    """Give what pytest-rich has saved: it writes to the working directory, whatever it is told."""
    stem = Path(named).stem
    for suffix in ("svg", "html", "txt"):
        yield from folder.glob(f"pytest_rich-*.{suffix}")
        if stem:
            yield from _files(folder / f"{stem}.{suffix}")


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        for folder, _, names in os.walk(path):
            yield from (Path(folder, name) for name in names)
    elif path.is_file():
        yield path


def rewrite(path: Path, scrubber: Scrubber) -> bool:
    """Scrub one file; the old or the new one is there at any moment.

    Raises:
        OSError: it cannot be read or replaced.
    """
    before = path.read_bytes()
    after = scrubber.data(before)
    if after is before:
        return False
    target = path.resolve()  # a link stays one
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(after)
        Path(name).chmod(target.stat().st_mode & 0o777)
        Path(name).replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return True
