"""Running a command with secrets in its environment and none in its output.

The command stays in our session and process group and keeps our standard input, so that Ctrl-C,
Ctrl-Z and prompts work as without us. Only where its output went to a terminal it gets a
pseudo-terminal instead, and where it went elsewhere a pipe.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from credcheck.classifier import Rules, live_marker, own_live_marker, refused_marker
from credcheck.errors import CommandLineError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from subprocess import Popen

    from credcheck.scrubber import Scrubber
    from credcheck.scrubber.pump import Pump
    from credcheck.secret import Secret

NOT_FOUND, NOT_EXECUTABLE = 127, 126
SILENCE = 2.0  # seconds; so long we wait for what the command left running to say something
_LONGEST = 128 * 1024  # Linux: MAX_ARG_STRLEN, for one NAME=value with its end
_FORWARDED = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT", "SIGUSR1", "SIGUSR2")
_FROM_KEYBOARD = {signal.SIGINT, getattr(signal, "SIGQUIT", signal.SIGINT)}


def child_environ(
    environ: Mapping[str, str],
    values: Mapping[str, Secret],
    declared: Collection[str],
    rules: Rules | None = None,
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Give the command's environment, and the names that were left out of it.

    Args:
        environ: ours.
        values: the resolved secrets, which win over ours.
        declared: every name under which the manifest expects a secret.
        rules: the project's own services, and what it refuses.

    Returns:
        Ours with the secrets, and without production credentials under names nobody declared.

    Raises:
        CommandLineError: a value cannot stand in an environment; every such secret is named.
    """
    judged_by = rules or Rules()
    left_out = tuple(
        name
        for name, value in environ.items()
        if name not in declared and name not in values and _is_live(value, judged_by)
    )
    revealed = {name: secret.reveal() for name, secret in values.items()}
    problems = [
        f"{name}: {why}" for name, value in revealed.items() if (why := _unfit(name, value))
    ]
    if problems:
        raise CommandLineError(
            "not every secret can stand in a command's environment; nothing was started:\n"
            + "\n".join(problems),
            "leave it out by naming suites: --suite NAME",
        )
    kept = {name: value for name, value in environ.items() if name not in left_out}
    return {**kept, **revealed}, left_out


def _is_live(value: str, rules: Rules) -> bool:
    """Tell whether a variable holds a production credential; the name of a host is none."""
    return bool(
        live_marker(value)
        or own_live_marker(value, rules)
        or ("@" in value and refused_marker(value, rules.refuse))
    )


def _unfit(name: str, value: str) -> str:
    if "\0" in value:
        return "it holds a NUL character"
    if "=" in name or "\0" in name or not name:
        return "its name is no variable name"
    size = len(f"{name}={value}".encode("utf-8", "surrogateescape"))
    return "it is longer than a system hands on (128 KiB)" if size >= _LONGEST else ""


def run_plain(command: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command with our own output, and give its exit code.

    Where the system can, the command takes our place: then this never returns.
    """
    if sys.platform != "win32":
        # Python ignores it for itself; a program that takes our place must not
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        try:
            os.execvpe(command[0], list(command), dict(environ))  # noqa: S606
        except OSError as error:
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)
            return _failure(command[0], error)
    import subprocess

    with _Signals() as signals:
        try:
            process = subprocess.Popen(list(command), env=dict(environ), close_fds=False)  # noqa: S603
        except OSError as error:
            return _failure(command[0], error)
        signals.reach(process)
        return _code_of(process)


def run_scrubbed(command: Sequence[str], environ: Mapping[str, str], scrubber: Scrubber) -> int:
    """Run a command, scrub both its streams, and give its exit code.

    Args:
        command: the program and its arguments.
        environ: its whole environment.
        scrubber: knows what must not be shown.

    Returns:
        Its exit code, 128 + n if signal n ended it, 127 if there is no such program, 126 if it
        cannot be executed.
    """
    import subprocess

    from credcheck.scrubber.pump import Pump, copy_size, open_like

    _fill_gaps()
    targets = (1,) if _same(1, 2) else (1, 2)
    ends = {target: open_like(target) for target in targets}

    def resize() -> None:
        for target, (reading, _) in ends.items():
            copy_size(target, reading)

    with _Signals(resize) as signals:
        try:
            process = subprocess.Popen(  # noqa: S603
                list(command),
                env=dict(environ),
                stdout=ends[1][1],
                stderr=ends[targets[-1]][1],
                close_fds=False,  # what our parent lets us inherit is the command's too
            )
        except OSError as error:
            for end in (end for pair in ends.values() for end in pair):
                os.close(end)
            return _failure(command[0], error)
        signals.reach(process)
        for _, writing in ends.values():
            os.close(writing)
        pumps = [
            Pump(reading, target, scrubber.stream(), on_data=resize, stops_with_reader=True)
            for target, (reading, _) in ends.items()
        ]
        code = _code_of(process)
    _drain(pumps)
    return code


def _fill_gaps() -> None:
    """Open standard streams that are closed: a pipe would get their number, and their output."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest number that is free: this one


def _same(one: int, other: int) -> bool:
    """Tell whether two descriptors lead to the same place: their order must be kept then."""
    try:
        return os.path.samestat(os.fstat(one), os.fstat(other)) and sys.platform != "win32"
    except OSError:
        return False


def _drain(pumps: Sequence[Pump]) -> None:
    """Wait until all is written; what the command left running may keep a stream open for ever."""
    for pump in pumps:
        while not pump.join(0.05) and not pump.quiet(SILENCE):
            pass


def _failure(program: str, error: OSError) -> int:
    """Say why a command did not start, and give the exit code that a shell would."""
    from credcheck.reporters.wording import printable

    if error.errno == errno.E2BIG:
        why, code = "its arguments and environment are too long", NOT_EXECUTABLE
    elif isinstance(error, FileNotFoundError | NotADirectoryError):
        why, code = "not found", NOT_FOUND
    else:
        reason = os.strerror(error.errno) if error.errno else "it cannot be executed"
        why, code = reason[:1].lower() + reason[1:], NOT_EXECUTABLE
    with suppress(OSError, AttributeError):
        print(  # noqa: T201
            f"credcheck: error: {printable(program)}: {why}", file=sys.stderr, flush=True
        )
    return code


def _code_of(process: Popen[bytes]) -> int:
    code = process.wait()
    return 128 - code if code < 0 else code


# ── signals ───────────────────────────────────────────────────────────────────────────────────


class _Signals:
    """Hands signals on while a command runs; what it makes of them is what we tell.

    Those of the keyboard reach it by themselves, since it is in our process group. What comes
    before the command is there waits for it.
    """

    def __init__(self, on_resize: Callable[[], None] | None = None) -> None:
        self._on_resize = on_resize
        self._process: Popen[bytes] | None = None
        self._waiting: list[int] = []
        self._former: dict[int, Any] = {}

    def __enter__(self) -> Self:
        handlers = dict.fromkeys(_FORWARDED, self._forward)
        if self._on_resize is not None:
            handlers["SIGWINCH"] = self._resized
        for name, handler in handlers.items():
            number = getattr(signal, name, None)
            if number is not None:
                self._former[number] = signal.signal(number, handler)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._former.items():
            # None: it was set by something other than Python
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def reach(self, process: Popen[bytes]) -> None:
        """Say which process they are for."""
        self._process = process
        while self._waiting:
            process.send_signal(self._waiting.pop(0))

    def _forward(self, number: int, _: object) -> None:
        if number in _FROM_KEYBOARD and _at_the_keyboard():
            return
        if self._process is None:
            self._waiting.append(number)
        else:
            self._process.send_signal(number)

    def _resized(self, number: int, _: object) -> None:
        if self._on_resize is not None:
            self._on_resize()
        if self._process is not None:
            self._process.send_signal(number)  # it may have looked before the size was new


def _at_the_keyboard() -> bool:
    """Tell whether we are in the foreground of a terminal, whose keys send signals to all."""
    if sys.platform == "win32":
        return True  # a console's Ctrl-C reaches all its processes
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
