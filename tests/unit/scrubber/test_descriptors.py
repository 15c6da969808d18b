"""The filter process, around whole processes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from credcheck import Scrubber
from credcheck.scrubber import descriptors
from credcheck.scrubber.descriptors import DescriptorFilter, FilterFailed, serve
from support.keys import tail

KEY = "sk_" + "test_" + tail(36)
LATER = tail(30)
BEGIN = f"""
import os, subprocess, sys, time
from credcheck import Scrubber
from credcheck.scrubber.descriptors import DescriptorFilter
KEY = "".join(["sk_", "test_", {KEY[8:]!r}])
LATER = {LATER!r}
scrubber = Scrubber()
scrubber.add("A", KEY)
filtered = DescriptorFilter(scrubber)
"""


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BEGIN + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=folder,
    )


def test_whatever_writes_to_the_descriptors_is_scrubbed(tmp_path: Path) -> None:
    done = run(
        """
        print("before", flush=True)
        with filtered:
            os.write(filtered.original(1), b"past it\\n")
            print(f"print {KEY}")
            sys.stderr.write(f"error {KEY}\\n")
            sys.stdout.flush()
            os.write(1, f"raw {KEY}\\n".encode())
            child = f"import sys; print('child {KEY}'); print('{KEY}', file=sys.stderr)"
            subprocess.run([sys.executable, "-c", child])
            assert filtered.running
        print(f"after {KEY[:9]}")
        """,
        tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "before",
        "past it",
        "print [REDACTED:A]",
        "raw [REDACTED:A]",
        "child [REDACTED:A]",
        f"after {KEY[:9]}",
    ]
    assert done.stderr == "error [REDACTED:A]\n[REDACTED:A]\n"


def test_a_value_that_is_added_is_known_when_add_returns(tmp_path: Path) -> None:
    done = run(
        """
        filtered.add("B", LATER)   # nothing to tell yet
        with filtered:
            for n in range(20):
                filtered.add(f"B{n}", LATER + str(n) * 8)
                os.write(1, f"{LATER}{str(n) * 8}\\n".encode())
        """,
        tmp_path,
    )
    assert done.stdout.splitlines() == [f"[REDACTED:B{n}]" for n in range(20)], done.stderr


def test_what_was_written_before_a_crash_arrives(tmp_path: Path) -> None:
    done = run(
        """
        import faulthandler
        filtered.start()
        faulthandler.enable()
        print(f"last words {KEY}", flush=True)
        os.write(2, KEY.encode() + b"\\n")
        os.abort()
        """,
        tmp_path,
    )
    assert done.returncode not in {0, 1}
    assert done.stdout == "last words [REDACTED:A]\n"
    assert done.stderr.startswith("[REDACTED:A]\n")
    assert "Fatal Python error: Aborted" in done.stderr


def test_a_copy_that_is_kept_does_not_stop_the_run(tmp_path: Path) -> None:
    done = run(
        """
        with filtered:
            kept = os.dup(1)
            print(KEY)
            begin = time.monotonic()
        took = time.monotonic() - begin
        print(f"{took < 3}", flush=True)
        os.write(kept, f"late {KEY}\\n".encode())
        """,
        tmp_path,
    )
    assert done.stdout.splitlines() == ["[REDACTED:A]", "True", "late [REDACTED:A]"]


def test_no_value_is_on_the_command_line_of_the_process(tmp_path: Path) -> None:
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("no /proc on this system")
    done = run(
        """
        with filtered:
            number = filtered._process._process.pid
            for name in ("cmdline", "environ"):
                with open(f"/proc/{number}/{name}", "rb") as file:
                    assert KEY.encode() not in file.read()
            print("seen")
        """,
        tmp_path,
    )
    assert done.stdout == "seen\n", done.stderr


def test_a_process_that_does_not_start_leaves_everything_as_it_was(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    filtered = DescriptorFilter(Scrubber())
    monkeypatch.setattr(descriptors, "_BOOT", "raise SystemExit(1)")
    with pytest.raises(FilterFailed, match="does not answer"):
        filtered.start()
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(FilterFailed, match="did not start"):
        filtered.start()
    assert not filtered.running
    assert filtered.original(1) == 1
    os.write(1, b"still here\n")
    assert capfd.readouterr().out == "still here\n"


def test_a_process_that_dies_is_an_error_of_the_next_value(tmp_path: Path) -> None:
    done = run(
        """
        from credcheck.scrubber.descriptors import FilterFailed
        filtered.start()
        filtered._process._process.kill()
        try:
            filtered.add("B", LATER)
        except FilterFailed as error:
            os.write(filtered.original(1), str(error).encode())
        """,
        tmp_path,
    )
    assert done.stdout == "the filter process does not answer"


def test_the_process_serves_orders_until_they_end() -> None:
    source, writing = os.pipe()
    reading, target = os.pipe()
    orders = io.BytesIO(b'{"name": "A", "value": "%s"}\n{"drain": true}\n' % KEY.encode())
    answers = io.BytesIO()
    closed: list[bytes] = []
    answers.close = lambda: closed.append(answers.getvalue())  # type: ignore[method-assign]
    os.write(writing, b"once\n")
    os.close(writing)
    serve([source], [target], orders, answers)
    os.close(target)
    assert closed == [b"..."]
    assert os.read(reading, 100) == b"once\n"
    os.close(reading)
