"""What a shell needs to complete the command's words at TAB, without running Python for it.

The scripts beside this file are made by `python scripts/build_completion.py` from the commands'
own options; a test holds that they are as it makes them.
"""

from __future__ import annotations

from pathlib import Path

# shell -> the script
SHELLS = {"bash": "credcheck.bash", "zsh": "_credcheck", "fish": "credcheck.fish"}

_FOLDER = Path(__file__).parent


def script(shell: str) -> str:
    """Give the script for a shell.

    Args:
        shell: a key of ``SHELLS``.
    """
    return _FOLDER.joinpath(SHELLS[shell]).read_text(encoding="utf-8")
