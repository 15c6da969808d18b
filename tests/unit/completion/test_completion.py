from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from credcheck.cli import COMMANDS, main
from credcheck.completion import SHELLS, script

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[3]


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "build_completion", ROOT / "scripts" / "build_completion.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="argparse words its own help differently"
)
@pytest.mark.parametrize("shell", SHELLS)
def test_the_shipped_scripts_are_those_that_the_options_give(shell: str) -> None:
    pytest.importorskip("shtab", minversion="1.13")
    assert script(shell) == builder().render(shell), "python scripts/build_completion.py"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_prints_the_script(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    assert main(["completion", shell]) == 0
    printed = capsys.readouterr().out
    assert printed == script(shell)
    assert [name for name in COMMANDS if name not in printed] == []


def test_another_shell_is_told_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "zhs"]) == 2
    assert "there is no completion for 'zhs' (did you mean 'zsh'?)" in capsys.readouterr().err
