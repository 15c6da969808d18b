"""The page about sources of third parties: its source works, and passes the contract."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.keys import stripe_test

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-source.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with the page's package, as pip leaves one behind, and its manifest."""
    text = PAGE.read_text(encoding="utf-8")
    source, entry, manifest, test = [body for _, body in BLOCK.findall(text)]
    packages = tmp_path / "packages"
    info = packages / "json_source-1.dist-info"
    info.mkdir(parents=True)
    (packages / "json_source.py").write_text(source, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: json-source\nVersion: 1\n")
    (line,) = re.findall(r'^jsonfile = "(.*)"$', entry, re.MULTILINE)
    (info / "entry_points.txt").write_text(f"[credcheck.sources]\njsonfile = {line}\n")
    (tmp_path / "credcheck.toml").write_text(manifest, encoding="utf-8")
    (tmp_path / "test_json_source.py").write_text(test, encoding="utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
    paths = os.pathsep.join((str(folder / "packages"), os.environ.get("PYTHONPATH", "")))
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env={**kept, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_source_of_the_page_is_short() -> None:
    (source, *_) = [body for kind, body in BLOCK.findall(PAGE.read_text()) if kind == "python"]
    assert len(source.splitlines()) < 40


def test_its_value_is_found_by_the_place_that_the_manifest_names(installed: Path) -> None:
    (installed / "team.json").write_text(f'{{"stripe-test": "{stripe_test(1)}"}}')
    done = run(installed, "credcheck", "explain", "STRIPE_TEST_KEY")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "jsonfile  found      team.json#stripe-test" in done.stdout


def test_a_file_that_is_broken_is_no_missing_secret(installed: Path) -> None:
    (installed / "team.json").write_text("{")
    done = run(installed, "credcheck", "check", "--context", "ci", "--format", "json")
    assert '"state": "unreachable"' in done.stdout
    assert '"detail": "team.json is not JSON"' in done.stdout


def test_its_health_is_told(installed: Path) -> None:
    done = run(installed, "credcheck", "sources")
    assert re.search(r"^jsonfile  not-configured  team.json$", done.stdout, re.MULTILINE)
    assert done.returncode == 0


def test_it_passes_the_contract(installed: Path) -> None:
    done = run(installed, "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly")
    assert "7 passed" in done.stdout, done.stdout


def test_a_package_that_is_merely_installed_is_never_imported(installed: Path) -> None:
    (installed / "packages" / "json_source.py").write_text("raise SystemExit('imported')")
    manifest = (installed / "credcheck.toml").read_text()
    (installed / "credcheck.toml").write_text("[secrets.STRIPE_TEST_KEY]\n")
    assert run(installed, "credcheck", "check").returncode == 0
    (installed / "credcheck.toml").write_text(manifest)
    assert run(installed, "credcheck", "check").returncode != 0


def test_one_that_cannot_be_imported_is_named_without_a_traceback(installed: Path) -> None:
    (installed / "packages" / "json_source.py").write_text("import nothing_of_that_name")
    done = run(installed, "credcheck", "check")
    assert done.returncode == 2
    assert "the source 'jsonfile' cannot be imported (ModuleNotFoundError)" in done.stderr
    assert "Traceback" not in done.stderr


def test_one_that_is_not_installed_is_an_unknown_source(tmp_path: Path) -> None:
    (tmp_path / "credcheck.toml").write_text('sources = ["dotenv", "jsonfile"]\n')
    done = run(tmp_path, "credcheck", "check")
    assert done.returncode == 2
    assert "sources[1]: unknown source 'jsonfile'" in done.stderr
