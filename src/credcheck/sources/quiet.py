"""Silence while a value is on its way: what a library logs or prints in our threads is dropped.

With debug logging on, botocore logs each answer with its `SecretString`, before anybody could know
what to mask, and `http.client` prints the headers, tokens among them. Who is silent is told by the
thread, so that a fetch which nobody waits for any more stays silent too, and the same libraries in
other threads are heard as before.
"""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from threading import get_ident
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

LIBRARIES = frozenset(
    {"asyncio", "boto3", "botocore", "hvac", "jeepney", "keyring", "requests", "s3transfer"}
    | {"secretstorage", "urllib3", "http", "charset_normalizer"}
)
_silent: set[int] = set()


class _NotFromOurThreads(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002
        return get_ident() not in _silent


_FILTER = _NotFromOurThreads()


class _Printing:
    """Stands in `http.client` for the `print` that its `debuglevel` makes it call."""

    def __init__(self, original: Callable[..., None]) -> None:
        self._original = original

    def __call__(self, *args: object, **kwargs: Any) -> None:
        if get_ident() not in _silent:
            self._original(*args, **kwargs)


def hush() -> None:
    """Put the filter on every logger of the libraries; those that come later need it again."""
    for name, logger in tuple(logging.root.manager.loggerDict.items()):
        if name.partition(".")[0] in LIBRARIES and isinstance(logger, logging.Logger):
            logger.addFilter(_FILTER)  # adding it twice does nothing
    client: Any = sys.modules.get("http.client")
    printing = getattr(client, "print", print)  # some projects put a function of their own there
    if client is not None and not isinstance(printing, _Printing):
        client.print = _Printing(printing)


@contextmanager
def silent_thread() -> Iterator[None]:
    """Drop what the libraries log in this thread until the block ends."""
    ident = get_ident()
    hush()
    _silent.add(ident)
    try:
        yield
    finally:
        _silent.discard(ident)
