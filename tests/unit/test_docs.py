"""What the README and the docs claim, the code does."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest

import credcheck
from credcheck.cli import COMMANDS, main
from credcheck.manifest import load_manifest
from credcheck.model import State
from credcheck.services import service_ids

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*/README.md")])
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\((?!https?:)([^)#]*)(#[^)]*)?\)")

by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return [body for name, body in FENCE.findall(text_of(page)) if name == language]


def section(page: Path, heading: str) -> str:
    return text_of(page).partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def commands_in(page: Path) -> list[list[str]]:
    """The words of every `credcheck …` in the page's shell blocks."""
    lines = [
        line.removeprefix("$ ")
        for language in ("sh", "console", "yaml", "text")
        for block in blocks(page, language)
        for line in block.splitlines()
        if not line.startswith("usage:")
    ]
    found = (
        re.search(r"(?:^|[ /])(credcheck(?: .*)?)$", line.partition(" #")[0]) for line in lines
    )
    return [
        shlex.split(hit.group(1).partition("&&")[0])[1:]
        for hit in found
        if hit and " · " not in hit.group(1)
    ]


def options_of(command: str) -> set[str]:
    parser = ArgumentParser()
    import_module(COMMANDS[command][0]).add_arguments(parser)
    return {"--manifest", "--context", "--color", "--version", *parser._option_string_actions}


@by_page
def test_every_link_leads_to_a_file(page: Path) -> None:
    targets = [target for target, _ in LINK.findall(text_of(page)) if target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@by_page
def test_every_command_that_is_shown_exists(page: Path) -> None:
    for words in commands_in(page):
        command = next((word for word in words if not word.startswith("-")), "check")
        assert command in COMMANDS, words
        own = words[: words.index("--")] if "--" in words else words  # the rest is another's
        used = {word for word in own if word.startswith("--")}
        assert used <= options_of(command), words


def test_commands_are_found_in_the_pages() -> None:
    assert ["check", "--format", "github"] in commands_in(README)
    assert ["bootstrap", "--suite", "payments"] in commands_in(ROOT / "docs" / "tutorial.md")


@by_page
def test_every_python_block_compiles(page: Path) -> None:
    for block in blocks(page, "python"):
        compile(block, str(page), "exec")


@pytest.mark.parametrize("name", ["README.md", "docs/tutorial.md"])
def test_every_manifest_that_is_shown_is_a_good_one(name: str, tmp_path: Path) -> None:
    shown = blocks(ROOT / name, "toml")
    assert shown
    for block in shown:
        assert "secrets" in tomllib.loads(block)
        (tmp_path / "credcheck.toml").write_text(block, encoding="utf-8")
        load_manifest(tmp_path, explicit=None, known_services=service_ids())


def test_the_readme_names_every_command_that_exists() -> None:
    ways = section(README, "Three ways in")
    assert set(re.findall(r"(?:^|`)credcheck ([a-z]+)", ways, re.MULTILINE)) == set(COMMANDS)


def test_the_readme_names_every_state_and_no_other() -> None:
    rows = re.findall(r"^\| (`.*?) \|", section(README, "What becomes of a secret"), re.MULTILINE)
    named = [word for row in rows for word in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted(get_args(State))


def test_the_readme_and_the_reference_tell_the_same_of_the_states() -> None:
    states = ROOT / "docs" / "reference" / "states.md"
    tables = [
        [line for line in section(page, "What becomes of a secret").splitlines() if "|" in line]
        for page in (README, states)
    ]
    assert tables[0] == tables[1]


def test_the_quick_start_is_two_commands_that_ci_runs() -> None:
    start = section(README, "Quick start")
    (block,) = (body for name, body in FENCE.findall(start) if name == "sh")
    show, test = block.splitlines()
    assert "credcheck check" in show
    assert "pytest" in test
    # the script reads them from the README itself
    assert "Quick start" in text_of(ROOT / "scripts" / "quickstart.sh")
    assert "quickstart" in steps()


def test_the_output_that_the_readme_shows_is_what_the_command_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in list(os.environ):
        if name not in {"PATH", "HOME"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(ROOT)
    manifest = "examples/checkout/credcheck.toml"
    assert main(["check", "--context", "local", "--manifest", manifest]) == 0
    start = section(README, "Quick start")
    (shown,) = (body for name, body in FENCE.findall(start) if name == "text")
    printed = capsys.readouterr().out.replace(f"{ROOT}{os.sep}", "")
    assert printed.replace(os.sep, "/") == shown


def test_the_version_stands_in_two_places_and_is_the_same() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    assert project["version"] == credcheck.__version__
    assert f"\n## [{credcheck.__version__}]" in text_of(ROOT / "CHANGELOG.md")


def test_the_layers_that_are_explained_are_those_that_are_checked() -> None:
    contracts = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    page = section(ROOT / "docs" / "explanation" / "architecture.md", "One direction")
    (block,) = (body for name, body in FENCE.findall(page) if name == "text")
    assert [re.split(r"\s{2,}", line)[0] for line in block.splitlines()] == layers


def steps() -> list[str]:
    script = text_of(ROOT / ".ci" / "run")
    found = re.search(r"^steps=\((.*)\)$", script, re.MULTILINE)
    assert found
    names = found.group(1).split()
    assert [name for name in names if f"\nstep_{name}()" not in script] == []
    return names


def test_ci_tests_types_lint_docs_and_the_wheel() -> None:
    assert {"lint", "types", "unit", "coverage", "current", "lowest", "docs", "wheel"} <= set(
        steps()
    )


def test_the_actions_of_the_workflow_are_pinned_to_a_version() -> None:
    workflow = text_of(ROOT / ".github" / "workflows" / "ci.yml")
    used = re.findall(r"uses: (\S+)", workflow)
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w/-]+@v\d+\.\d+\.\d+", name)] == []


def test_the_hooks_for_pre_commit_are_commands_that_exist() -> None:
    hooks = text_of(ROOT / ".pre-commit-hooks.yaml")
    entries = re.findall(r"^  entry: credcheck (.+)$", hooks, re.MULTILINE)
    assert entries == ["scan --staged", "scan"]
    for entry in entries:
        command, *options = entry.split()
        assert set(options) <= options_of(command)
    ids = re.findall(r"^- id: (\S+)$", hooks, re.MULTILINE)
    page = text_of(ROOT / "docs" / "how-to" / "scan.md")
    assert [name for name in ids if f"`{name}`" not in page] == []


def test_the_workflow_tests_on_all_three_systems() -> None:
    workflow = text_of(ROOT / ".github" / "workflows" / "ci.yml")
    (systems,) = re.findall(r"^ +os: \[(.*)\]$", workflow, re.MULTILINE)
    assert {name.strip().partition("-")[0] for name in systems.split(",")} == {
        "ubuntu",
        "macos",
        "windows",
    }


def test_the_manual_page_of_the_wheel_names_every_command() -> None:
    page = text_of(ROOT / "data" / "share" / "man" / "man1" / "credcheck.1").replace("\\-", "-")
    assert [name for name in COMMANDS if f"\n.SH CREDCHECK {name.upper()}\n" not in page] == []
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["uv"]["build-backend"]
    assert project["data"] == {"data": "data"}


def test_the_manual_page_has_every_line_of_the_help() -> None:
    raw = text_of(ROOT / "data" / "share" / "man" / "man1" / "credcheck.1")
    for escape, char in (
        ("\\-", "-"),
        ("\\(aq", "'"),
        ("\\(ga", "`"),
        ("\\(dq", '"'),
        ("\\&", ""),
        ("\\e", "\\"),
    ):
        raw = raw.replace(escape, char)
    lines = {line.strip() for line in raw.splitlines()}
    shown = [
        line.strip()
        for block in blocks(ROOT / "docs" / "reference" / "command.md", "text")
        for line in block.splitlines()
    ]
    missing = [line for line in shown if line and line not in lines]
    assert missing == [], "python scripts/build_docs.py"
