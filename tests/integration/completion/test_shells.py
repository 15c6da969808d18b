"""The completion scripts in the shells themselves."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from credcheck.cli import COMMANDS
from credcheck.completion import SHELLS, script
from servers.finding import missing

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="runs POSIX shells")

FORMATS = {"dotenv", "shell", "fish", "powershell", "json", "github", "docker"}
CASES = [
    ("credcheck ", set(COMMANDS)),
    ("credcheck ex", {"explain", "export"}),
    ("credcheck export --format ", FORMATS),
    ("credcheck export --format=d", {"dotenv", "docker"}),
    ("credcheck check --context ", {"local", "ci", "fork"}),
    ("credcheck check --str", {"--strict"}),
    ("credcheck completion ", set(SHELLS)),
    ("credcheck services stri", {"stripe"}),
    ("credcheck check --manifest cred", {"credcheck.toml"}),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "credcheck.toml").write_text("")
    for shell, name in SHELLS.items():
        (tmp_path / "scripts").mkdir(exist_ok=True)
        (tmp_path / "scripts" / name).write_text(script(shell), encoding="utf-8")
    return tmp_path


def shell(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        missing(name, f"install {name}")
    return found


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        words,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


BASH = """
source scripts/credcheck.bash
COMP_LINE=$1
COMP_POINT=${#1}
read -r -a COMP_WORDS <<< "${1/=/ = }"
[[ $1 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
function=$(complete -p credcheck | sed 's/.*-F \\([^ ]*\\).*/\\1/')
$function credcheck "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(("line", "expected"), [c for c in CASES if "=" not in c[0]])
def test_bash_completes(folder: Path, line: str, expected: set[str]) -> None:
    printed = run(folder, shell("bash"), "--norc", "-c", BASH, "bash", line)
    assert {word.strip() for word in printed.splitlines()} - {"-h", "--help"} >= expected
    if line != "credcheck ":
        assert {word.strip() for word in printed.splitlines()} == expected


def test_bash_completes_at_tab(folder: Path) -> None:
    import pexpect

    child = pexpect.spawn(
        shell("bash"),
        ["--norc", "--noprofile"],
        cwd=str(folder),
        env={"PATH": os.environ["PATH"], "TERM": "dumb", "PS1": "> "},
        encoding="utf-8",
        timeout=20,
        echo=True,
    )
    child.expect_exact("> ")
    child.sendline("source scripts/credcheck.bash")
    child.expect_exact("> ")
    child.send("credcheck boot\t")
    child.expect_exact("credcheck bootstrap")
    child.send("--sto\t")
    child.expect_exact("--store")
    child.close(force=True)


@pytest.mark.parametrize(("line", "expected"), CASES)
def test_fish_completes(folder: Path, line: str, expected: set[str]) -> None:
    code = "source scripts/credcheck.fish; complete -C $argv[1]"
    printed = run(folder, shell("fish"), "--no-config", "-c", code, line)
    words = {row.partition("\t")[0] for row in printed.splitlines()}
    assert {word.rpartition("=")[2] for word in words} == expected


def test_zsh_completes_at_tab(folder: Path) -> None:
    import pexpect

    child = pexpect.spawn(
        shell("zsh"),
        ["-f"],
        cwd=str(folder),
        env={"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": str(folder), "PS1": "> "},
        encoding="utf-8",
        timeout=20,
    )
    child.sendline(
        "unsetopt zle_bracketed_paste; fpath=($PWD/scripts $fpath); autoload -U compinit"
    )
    child.sendline("compinit -u -D; echo rea''dy")
    child.expect_exact("ready")
    child.send("credcheck boot\t")
    child.expect(re.escape("bootstrap"))
    child.send("--sto\t")
    child.expect(re.escape("--store"))
    child.send("k\t")
    child.expect(re.escape("keyring"))
    child.close(force=True)
