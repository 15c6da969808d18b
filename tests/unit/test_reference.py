"""The reference pages say what the code does."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

from credcheck.exporters import EXPORTERS
from credcheck.model import (
    Attempt,
    AttemptOutcome,
    ContextKind,
    Finding,
    Mode,
    Report,
    SecretStatus,
    Severity,
    SourceStatus,
    SuiteOutcome,
    SuiteStatus,
)
from credcheck.reporters import REPORTERS, render
from credcheck.services import all_services

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


def test_the_catalogue_is_what_the_services_give() -> None:
    page = (REFERENCE / "services.md").read_text(encoding="utf-8")
    assert page == builder().render_services()
    for service in all_services():
        assert f"\n## {service.name}\n\n`{service.id}`, {service.category}: " in page
        assert f"| {service.name} | `{service.id}` |" in page
        for kind in service.kinds:
            assert f"\n| `{kind.id}`: " in page


def test_no_published_value_stands_whole_in_the_catalogue() -> None:
    page = (REFERENCE / "services.md").read_text(encoding="utf-8")
    dummies = [value for service in all_services() for value in service.dummies]
    assert [value for value in dummies if len(value) >= 20 and value in page] == []


def test_the_commands_page_lists_the_formats() -> None:
    page = (REFERENCE / "command.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(REPORTERS)


def rows(section: str) -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", section_of(section), re.MULTILINE)


def section_of(name: str) -> str:
    page = "\n## top\n" + (REFERENCE / "report.md").read_text(encoding="utf-8")
    return page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


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
    assert rows("attempts") == list(report["secrets"][0]["attempts"][0])


@pytest.mark.parametrize(
    ("section", "key", "words"),
    [
        ("top", "context", ContextKind),
        ("secrets", "mode", Mode),
        ("attempts", "outcome", AttemptOutcome),
        ("suites", "outcome", SuiteOutcome),
        ("findings", "severity", Severity),
    ],
)
def test_every_word_that_a_key_may_hold_is_named(section: str, key: str, words: object) -> None:
    (told,) = re.findall(rf"^\| `{key}` \| (.*) \|$", section_of(section), re.MULTILINE)
    assert set(re.findall(r"`([a-z-]+)`", told)) == set(get_args(words))


def test_the_export_page_lists_the_formats() -> None:
    page = (REPOSITORY / "docs" / "how-to" / "export.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == list(EXPORTERS)
