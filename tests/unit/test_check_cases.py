"""The public cases of whole projects: a manifest, an `.env.test`, and `credcheck check`."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from credcheck.cli import main
from credcheck.services import service_ids
from support.cases import Maker
from support.projects import enter_project, write_env_test

DATA = Path(__file__).parents[1] / "data" / "classifier_cases.toml"
TABLES: dict[str, Any] = tomllib.loads(DATA.read_text(encoding="utf-8"))
CHECKS = [case for case in TABLES["check"] if case["service"] in service_ids()]
PRIVATE = [case for case in TABLES["private"] if case["service"] in service_ids()]


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter_project(tmp_path, monkeypatch)


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def table(name: str, values: dict[str, Any]) -> str:
    return f"[{name}]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in values.items())


def lay_out(case: dict[str, Any], root: Path, monkeypatch: pytest.MonkeyPatch) -> Maker:
    """Write the case's project; give what made its values."""
    maker = Maker(case.get("id", case["service"]))
    manifest = "".join(f"{k} = {json.dumps(v)}\n" for k, v in case.get("top", {}).items())
    options = {"service": case["service"], **case.get("options", {})}
    manifest += table(f"secrets.{case['name']}", options)
    for lists in ("allow", "refuse"):
        manifest += table(lists, case[lists]) if lists in case else ""
    (root / "credcheck.toml").write_text(manifest, encoding="utf-8")
    lines = [f"# {case['comment']}"] if "comment" in case else []
    value = maker.value(case["pieces"])
    if case.get("in_environ"):
        monkeypatch.setenv(case["name"], value)
    else:
        lines.append(f"{case['name']}={quoted(value)}")
    for name, pieces in case.get("dotenv", {}).items():
        lines.append(f"{name}={quoted(maker.value(pieces))}")
    for name, pieces in case.get("environ", {}).items():
        monkeypatch.setenv(name, maker.value(pieces))
    write_env_test(root, "\n".join(lines) + "\n")
    return maker


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.parametrize("case", CHECKS, ids=[case["id"] for case in CHECKS])
def test_a_project_is_judged_as_a_careful_reader_would(
    case: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lay_out(case, tmp_path, monkeypatch)
    code = main(["check", "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    (secret,) = report["secrets"]
    assert code == report["exit_code"]
    assert secret["mode"] in listed(case.get("mode", secret["mode"]))
    assert secret["state"] in case.get("state", [secret["state"]])
    assert code in case.get("exit_code", [code])
    assert code not in case.get("not_exit", [])
    if "warns" in case:
        about = case.get("about", case["name"])
        warned = [
            found
            for found in report["findings"]
            if found["severity"] == "warning" and about in found["message"]
        ]
        assert bool(warned) is case["warns"]


@pytest.mark.parametrize("case", PRIVATE)
@pytest.mark.parametrize("name", ["text", "json", "github", "markdown"])
def test_no_format_shows_eight_characters_of_a_value(
    case: dict[str, Any],
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    maker = lay_out(case, tmp_path, monkeypatch)
    main(["check", "--format", name])
    captured = capsys.readouterr()
    shown = captured.out + captured.err
    if name in {"text", "json"}:
        assert case["name"] in shown
    for part in maker.generated:
        assert [n for n in range(len(part) - 7) if part[n : n + 8] in shown] == []


def test_every_service_of_the_cases_is_here() -> None:
    assert (len(CHECKS), len(PRIVATE)) == (len(TABLES["check"]), len(TABLES["private"]))
