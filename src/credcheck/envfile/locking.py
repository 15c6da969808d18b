"""One writer at a time: a lock file with the writer's process id.

The operating system holds the lock, so that it ends with its process, however that ends: a file
that nobody holds is what a killed writer left behind, and is taken over.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from credcheck.errors import DotenvError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 2.0  # seconds; a writer needs milliseconds
_FAR_BEHIND = 1 << 30  # Windows locks bytes, and locked bytes cannot be read


@contextmanager
def locked(path: Path, label: str) -> Iterator[None]:
    """Be the only writer of a file.

    Raises:
        DotenvError: another process is writing it, with that one's id.
    """
    beside = path.with_name(path.name + ".lock")
    descriptor = _acquired(beside, label)
    try:
        yield
    finally:
        with suppress(OSError):
            beside.unlink()  # before it is let go: who waits for it sees that it is gone
        os.close(descriptor)
        if os.name != "posix":
            with suppress(OSError):
                beside.unlink()  # Windows removes no file that is open


def _acquired(beside: Path, label: str) -> int:
    from time import monotonic, sleep

    deadline = monotonic() + PATIENCE
    while True:
        descriptor = _opened(beside, label)
        if _take(descriptor):
            if _is_still_there(beside, descriptor):
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"{os.getpid()}\n".encode())
                return descriptor
            os.close(descriptor)
            continue
        holder = _holder(descriptor)
        os.close(descriptor)
        if monotonic() > deadline:
            raise DotenvError(
                f"{label} is being written by another process{holder}",
                "wait until it ends, and run the command again",
            )
        sleep(0.02)


def _opened(beside: Path, label: str) -> int:
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(beside, flags, 0o600)
    except OSError as error:
        raise DotenvError(
            f"{label} cannot be locked: {os.strerror(error.errno or 0)}",
            f"look at {beside.name} and at its folder: ls -ld . {beside.name}",
        ) from None


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        os.lseek(descriptor, _FAR_BEHIND, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def _is_still_there(beside: Path, descriptor: int) -> bool:
    """Tell whether the file that we hold is the one that others would open."""
    try:
        return os.path.samestat(beside.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _holder(descriptor: int) -> str:
    with suppress(OSError):
        text = os.read(descriptor, 32).strip()
        if text.isdigit():
            return f" (process {text.decode()})"
    return ""
