"""Whatever ends a writer, and wherever: the old file is there or the new one, never a part."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.killing import OLD

pytestmark = pytest.mark.skipif(os.name != "posix", reason="forks")

NEW = {True: "# old\nA=new\nB=more\n", False: "A=new\nB=more\n"}
SCRIPT = Path(__file__).parents[2] / "support" / "killing.py"


def endings(tmp_path: Path, *words: str) -> list[dict[str, Any]]:
    folder = tmp_path / "project"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(folder), *words],
        capture_output=True,
        text=True,
        timeout=110,
        check=True,
    )
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(runs) > 200  # every line of the package, with a file and without one
    return runs


def is_whole(run: dict[str, Any]) -> bool:
    """The old file with its mode, or the new one, private."""
    if run["text"] == NEW[run["existing"]]:
        return bool(run["left"][".env.test"] == "0o600")
    if run["existing"]:
        return bool(run["text"] == OLD and run["left"][".env.test"] == "0o644")
    return run["text"] is None


@pytest.mark.parametrize("how", [(), ("named",)], ids=["unnamed", "named"])
def test_a_kill_at_any_line_leaves_the_old_file_or_the_new_one(
    tmp_path: Path, how: tuple[str, ...]
) -> None:
    runs = endings(tmp_path, "SIGKILL", *how)
    assert [run["at"] for run in runs if not is_whole(run)] == []
    texts = {run["text"] for run in runs if run["existing"]}
    assert texts == {OLD, NEW[True]}  # it was killed before and after the moment
    for run in runs:
        assert set(run["left"]) <= {".env.test", ".env.test.lock", ".env.test.new"}
        # what else is left is private, and the next run removes it
        assert {run["left"][name] for name in run["held"]} <= {"0o600"}
        assert run["again"] == [".env.test"]
        assert not any(word in run["held"].get(".env.test.lock", "") for word in ("new", "more"))
        if not how and sys.platform == "linux":
            # without a name until it is complete
            assert run["held"].get(".env.test.new") in {None, NEW[run["existing"]]}


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", -15)])
def test_an_interrupt_at_any_line_leaves_nothing_beside_the_file(
    tmp_path: Path, name: str, code: int
) -> None:
    runs = endings(tmp_path, name)
    assert [run["at"] for run in runs if not is_whole(run)] == []
    assert {run["code"] for run in runs} == {code, 99}  # it does end, only later
    assert [run["at"] for run in runs if run["held"]] == []
