"""The reference pages say what the code does."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from credcheck.model import (
    Attempt,
    Finding,
    Report,
    SecretStatus,
    SourceStatus,
    SuiteStatus,
)
from credcheck.reporters import REPORTERS, render
from credcheck.services import service_ids

if TYPE_CHECKING:
    from types import ModuleType

REPOSITORY = Path(__file__).parents[2]
REFERENCE = REPOSITORY / "docs" / "reference"


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "build_docs", REPOSITORY / "scripts" / "build_docs.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_commands_page_shows_the_help_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    page = (REFERENCE / "command.md").read_text(encoding="utf-8")
    assert page == builder().render()


def test_the_commands_page_lists_the_formats() -> None:
    page = (REFERENCE / "command.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(REPORTERS)


def rows(section: str) -> list[str]:
    page = "\n## top\n" + (REFERENCE / "report.md").read_text(encoding="utf-8")
    text = page.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)


@pytest.fixture
def report() -> dict[str, Any]:
    made = Report(
        version="0",
        context="ci",
        exit_code=0,
        sources=(SourceStatus("env", "ok"),),
        secrets=(SecretStatus("A", "ready", "test", None, "env", "", (Attempt("env", "found"),)),),
        suites=(SuiteStatus("s", "run", 1, (), ""),),
        findings=(Finding("CRED001", "info", ""),),
    )
    read: dict[str, Any] = json.loads(render("json", made))
    return read


def test_every_key_of_the_report_has_a_row(report: dict[str, Any]) -> None:
    assert rows("top") == list(report)
    for section in ("sources", "secrets", "suites", "findings"):
        assert rows(section) == list(report[section][0])


def test_the_classifier_page_names_every_service() -> None:
    page = (REFERENCE / "classifier.md").read_text(encoding="utf-8")
    assert [name for name in service_ids() if f"`{name}`" not in page] == []
