"""A source of a third party that writes down what it is asked for, each question on a line."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_SOURCE = """
from credcheck.model import Absent, Found, Health
from credcheck.secret import Secret

class CountingSource:
    name = "counting"

    def __init__(self, root):
        self.root = root

    @classmethod
    def open(cls, manifest, context):
        return cls(manifest.root)

    def fetch(self, requests):
        with (self.root / "asked.txt").open("a") as file:
            file.write(" ".join(r.name for r in requests) + "\\n")
        return {r.name: self.answer(r.name) for r in requests}

    def answer(self, name):
        if name.startswith("MISSING"):
            return Absent("not here")
        return Found(Secret("-".join(["a", "value", "of", name.lower()])), "counting")

    def health(self):
        return Health("ok", "here")
"""


def install_counting(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the source known to this process, and to those that it starts.

    It has a value for every name that does not begin with MISSING.
    """
    packages = root / "packages"
    info = packages / "counting_source-1.dist-info"
    info.mkdir(parents=True)
    (packages / "counting_source.py").write_text(_SOURCE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: counting-source\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[credcheck.sources]\ncounting = counting_source:CountingSource\n"
    )
    monkeypatch.syspath_prepend(packages)
    monkeypatch.setenv("PYTHONPATH", str(packages), prepend=os.pathsep)
    monkeypatch.delitem(sys.modules, "counting_source", raising=False)


def asked(root: Path) -> list[set[str]]:
    """Give the names of each question, and forget them."""
    path = root / "asked.txt"
    if not path.exists():
        return []
    lines = path.read_text().splitlines()
    path.unlink()
    return [set(line.split()) for line in lines]
