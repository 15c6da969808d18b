"""`--credcheck-capture=fd`: the descriptor level, for what passes by Python's own streams.

Child processes, `os.write`, crash dumps and the standard error of xdist's workers write to the
descriptors themselves. The filter takes them over before pytest's own capture does, so that what
pytest writes to the terminal passes it too.
"""

from __future__ import annotations

import atexit
import contextlib
import os
from typing import TYPE_CHECKING

import pytest

from credcheck.scrubber import Scrubber
from credcheck.scrubber.descriptors import DescriptorFilter, FilterFailed
from credcheck.secret import listen

if TYPE_CHECKING:
    from credcheck.secret import Secret

FILTER = pytest.StashKey[DescriptorFilter]()
_HINT = "run without --credcheck-capture=fd, or under `credcheck run -- pytest`"


def start_filter(config: pytest.Config) -> None:
    """Filter standard output and error of this process until it ends.

    Raises:
        pytest.UsageError: the filter cannot be started.
    """
    remember_declared(config)
    terminal = os.isatty(1)
    descriptors = DescriptorFilter(Scrubber.of_process())
    try:
        descriptors.start()
    except FilterFailed as error:
        raise pytest.UsageError(f"credcheck: {error}; {_HINT}") from None
    if terminal and not os.isatty(1) and config.known_args_namespace.color == "auto":
        config.known_args_namespace.color = "yes"  # Windows: a pipe stands before the console
    config.stash[FILTER] = descriptors
    atexit.register(descriptors.stop)
    listen(lambda name, secret: _tell(descriptors, name, secret))


def remember_declared(config: pytest.Config) -> None:
    """Note what the local sources hold for declared secrets: a conftest may fail and show it.

    What is wrong with the manifest is said later, when it is read for the run.
    """
    from credcheck.broker import Broker
    from credcheck.errors import UsageError
    from credcheck.pytest_plugin.state import has_manifest

    named = os.environ.get("CREDCHECK_MANIFEST")
    if not named and not has_manifest(config.rootpath):
        return
    with contextlib.suppress(UsageError):
        path = config.invocation_params.dir / named if named else None
        Broker.load(path, cwd=config.rootpath).remember_local()


def _tell(descriptors: DescriptorFilter, name: str, secret: Secret) -> None:
    """Tell the filter of a secret before anybody else can use it.

    Raises:
        pytest.UsageError: it has ended; its pipe is broken, so that nothing passes unscrubbed.
    """
    try:
        descriptors.add(name, secret.reveal())
    except FilterFailed as error:
        raise pytest.UsageError(f"credcheck: {error}; {_HINT}") from None
