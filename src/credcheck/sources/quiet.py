"""Silence while a value is on its way: what a library logs in our threads is dropped.

With debug logging on, botocore logs each answer with its `SecretString`, before anybody could know
what to mask. The filter looks at the thread, so that a fetch which nobody waits for any more
stays silent too, and the same libraries in other threads are heard as before.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from threading import get_ident
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARIES = frozenset(
    {"asyncio", "boto3", "botocore", "hvac", "jeepney", "keyring", "requests", "s3transfer"}
    | {"secretstorage", "urllib3", "http", "charset_normalizer"}
)
_silent: set[int] = set()


class _NotFromOurThreads(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002
        return get_ident() not in _silent


_FILTER = _NotFromOurThreads()


def hush() -> None:
    """Put the filter on every logger of the libraries; loggers that come later need it again."""
    for name, logger in tuple(logging.root.manager.loggerDict.items()):
        if name.partition(".")[0] in LIBRARIES and isinstance(logger, logging.Logger):
            logger.addFilter(_FILTER)  # adding it twice does nothing


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
