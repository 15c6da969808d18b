"""`--credcheck-add-mask`: GitHub Actions is told to mask values that did not come from it.

The command holds the value in the clear; the runner takes it out of the log. It is written past
every capture and filter, so it must be asked for: whoever sends pytest's output anywhere else, such
as `pytest | tee FILE`, would write the values there.

Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from credcheck.secret import known_secrets, listen

if TYPE_CHECKING:
    import pytest

    from credcheck.secret import Secret


def start_masking(config: pytest.Config) -> None:
    """Tell the runner of every value, from now until the process ends, as it becomes known.

    Does nothing outside GitHub Actions, and in a worker of pytest-xdist: its controller knows.
    """
    if os.environ.get("GITHUB_ACTIONS") != "true" or hasattr(config, "workerinput"):
        return
    masking = _Masking(os.dup(1))  # before pytest captures, and before a filter stands there
    for name, secret in known_secrets():
        masking.learn(name, secret)
    config.add_cleanup(listen(masking.learn))


class _Masking:
    """Writes each value's command once."""

    def __init__(self, log: int) -> None:
        self._log = log
        # these, GitHub has masked if they are secrets; of others it knows that they are none
        self._done = set(os.environ.values())

    def learn(self, _: str, secret: Secret) -> None:
        from credcheck.exporters.github import SHORTEST_PART, masks

        value = secret.reveal()
        if value not in self._done and len(value.strip()) >= SHORTEST_PART:
            self._done.add(value)
            # a command stands at the beginning of a line, and pytest may be in the middle of one
            os.write(self._log, b"\n" + masks({"": value}).encode())
