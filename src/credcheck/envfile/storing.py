"""The file itself: private from its first byte, replaced as a whole, where git cannot see it.

Whatever ends the process, the old file is there or the new one. Where the system has files without
a name (Linux), the new one gets its name when it is complete and on the disk; it bears the name
`.env.test.new` for the moment between two system calls, and a kill in just that moment leaves it,
complete and private, for the next run to remove. Elsewhere it bears that name while it is written.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from credcheck.envfile.editing import edit
from credcheck.envfile.locking import locked
from credcheck.errors import DotenvError
from credcheck.exposure import git_state_of
from credcheck.sources.dotenv import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from credcheck.secret import Secret

PRIVATE = 0o600


def check_place(path: Path, label: str, root: Path) -> None:
    """Make sure that a file may hold secrets there, before anybody is asked for one.

    Args:
        path: the file, which need not be there.
        label: its name, for messages.
        root: the manifest's folder.

    Raises:
        DotenvError: it is no file, it is or lies behind a link, git tracks it or does not ignore
            it, or its folder cannot be written.
    """
    if path.is_symlink() or _behind_a_link(path, root):
        raise DotenvError(
            f"{label} is a link, or lies behind one; secrets are written to files only",
            f"put a file there: rm {label}",
        )
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        mode = None
    except OSError as error:
        raise _failed(label, error) from None
    if mode is not None and not stat.S_ISREG(mode):
        raise DotenvError(
            f"{label} is not a file, so it cannot be replaced", f"mv {label} {label}.old"
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise DotenvError(
            f"the folder of {label} is not there or cannot be written",
            f"ls -ld {path.parent}",
        )
    _check_git(path, label)


def _behind_a_link(path: Path, root: Path) -> bool:
    """Tell whether a folder between the root and the file is a link."""
    try:
        inside = path.parent.relative_to(root)
    except ValueError:
        return False
    return path.parent.resolve() != root.resolve() / inside


def _check_git(path: Path, label: str) -> None:
    state, detail = git_state_of(path)
    if state == "tracked":
        raise DotenvError(
            f"{label} is tracked by git, so a secret in it would be committed",
            f"git rm --cached {label} && echo {label} >> .gitignore",
        )
    if state == "exposed":
        raise DotenvError(
            f"{label} is not ignored by git, so a secret in it could be committed",
            f"echo {label} >> .gitignore",
        )
    if state == "unknown":
        raise DotenvError(
            f"whether git ignores {label} could not be found out: {detail}",
            f"git check-ignore -v {label}",
        )


def store(
    path: Path,
    label: str,
    root: Path,
    changes: Mapping[str, Secret],
    *,
    template: str = "",
) -> None:
    """Write secrets to a dotenv file; its other lines stay as they are.

    Args:
        path: the file, which need not be there. What others could read is private afterwards.
        label: its name, for messages.
        root: the manifest's folder.
        changes: the secrets by variable name; none tightens the mode alone.
        template: the text that a new file begins with.

    Raises:
        DotenvError: as :func:`check_place` and :func:`credcheck.envfile.edit` say, another process
            is writing it, or the disk is full; the old file is as it was.
    """
    check_place(path, label, root)
    with _uninterrupted(), locked(path, label):
        text = read_text(path, label, root) if path.exists() else template
        revealed = {name: secret.reveal() for name, secret in changes.items()}
        data = edit(text, revealed, label).encode()
        try:
            _replace(path, data)
        except OSError as error:
            raise _failed(label, error) from None


def _failed(label: str, error: OSError) -> DotenvError:
    why = os.strerror(error.errno) if error.errno else "unknown reason"
    return DotenvError(f"{label} cannot be written: {why}", "df -h . && ls -ld .")


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put Ctrl-C and a friendly kill off until the file is written; that takes milliseconds."""
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():
        yield  # signals come to the main thread alone
        return
    caught: list[int] = []
    former = {
        number: signal.signal(number, lambda n, _: caught.append(n))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in former.items():
            # None: it was set by something other than Python
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for late in caught:
            signal.raise_signal(late)


def _replace(path: Path, data: bytes) -> None:
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)  # a killed run left it; the lock says that nobody uses it
    descriptor = _unnamed(path.parent)
    named = descriptor is None
    if descriptor is None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(beside, flags, PRIVATE)
    try:
        try:
            _fill(descriptor, data, path)
            if not named:
                _give_name(descriptor, beside)
        finally:
            os.close(descriptor)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _unnamed(folder: Path) -> int | None:
    """Open a private file without a name; None where the system has none."""
    flag = getattr(os, "O_TMPFILE", None)
    if flag is None:
        return None
    try:
        return os.open(folder, os.O_WRONLY | flag, PRIVATE)
    except OSError as error:
        if error.errno in {errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL}:
            return None  # this file system has none
        raise


def _give_name(descriptor: int, beside: Path) -> None:
    folder = os.open(beside.parent, os.O_RDONLY)
    try:
        # with folders' descriptors Python calls linkat, which alone follows /proc's link
        os.link(f"/proc/self/fd/{descriptor}", beside.name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.close(folder)


def _fill(descriptor: int, data: bytes, path: Path) -> None:
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, PRIVATE)  # an odd umask may have taken bits away
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    if hasattr(os, "fchown"):
        with suppress(OSError):  # a file that root changes stays its owner's
            owner = path.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
    os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the new name last; Windows opens no folders, and does it by itself."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
