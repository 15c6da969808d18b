"""From one descriptor to another."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from credcheck import Scrubber
from credcheck.scrubber.pump import Pump, copy_size, open_like
from support.keys import tail

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "sk_" + "test_" + tail(36)
MASK = b"[REDACTED:A]"


def scrubber() -> Scrubber:
    made = Scrubber()
    made.add("A", KEY)
    return made


class Ends:
    """Two pipes with a pump between them."""

    def __init__(self) -> None:
        source, self.write_to = os.pipe()
        self.read_from, self.target = os.pipe()
        self.pump = Pump(source, self.target, scrubber().stream())

    def write(self, data: bytes) -> None:
        os.write(self.write_to, data)

    def read(self, size: int = 1 << 16) -> bytes:
        return os.read(self.read_from, size)

    def close(self) -> None:
        for number in (self.write_to, self.read_from, self.target):
            with contextlib.suppress(OSError):
                os.close(number)


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    made.close()
    made.pump.join(5)


def test_what_is_written_arrives_at_once_and_scrubbed(ends: Ends) -> None:
    ends.write(b"password? ")
    assert ends.read() == b"password? "
    ends.write(KEY.encode() + b"\n")
    assert ends.read() == MASK + b"\n"


def test_a_prompt_that_ends_like_a_secret_begins_is_shown_after_a_moment(ends: Ends) -> None:
    ends.write(b"task> s")
    assert ends.read() == b"task> "
    assert ends.read() == b"s"
    ends.write(KEY[1:].encode() + b"!")
    assert ends.read() == MASK + b"!"


def test_more_than_seven_characters_of_a_secret_wait_for_the_rest(ends: Ends) -> None:
    ends.write(b"<" + KEY[:30].encode())
    assert ends.read() == b"<"
    time.sleep(0.4)  # longer than a prompt waits
    ends.write(KEY[30:].encode() + b">")
    assert ends.read() == MASK + b">"


def test_the_end_of_the_source_ends_the_pump_and_gives_the_rest(ends: Ends) -> None:
    assert not ends.pump.join(0.05)
    ends.write(b"sk_")
    os.close(ends.write_to)
    assert ends.read() == b"sk_"
    assert ends.pump.join(5)


def test_a_reader_that_goes_away_does_not_stop_the_writer(ends: Ends) -> None:
    os.close(ends.read_from)
    for _ in range(64):
        ends.write(b"x" * 65_536)
    os.close(ends.write_to)
    assert ends.pump.join(5)


def test_much_is_copied_whole_through_a_target_that_does_not_block(ends: Ends) -> None:
    if sys.platform != "win32":
        os.set_blocking(ends.target, False)
    line = f"a line with {KEY} in it\n".encode()
    many = 20_000

    def write() -> None:
        for _ in range(many // 100):
            ends.write(line * 100)
        os.close(ends.write_to)

    Thread(target=write, daemon=True).start()
    expected = line.replace(KEY.encode(), MASK) * many
    got = b""
    while len(got) < len(expected):
        got += ends.read()
    assert got == expected


def test_a_pipe_is_followed_by_a_pipe() -> None:
    a, b = os.pipe()
    reading, writing = open_like(b)
    assert not os.isatty(writing)
    copy_size(a, b)
    for number in (a, b, reading, writing):
        os.close(number)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_a_terminal_is_followed_by_a_terminal_of_the_same_size() -> None:
    import fcntl
    import struct
    import termios

    outer, terminal = os.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 99, 0, 0))
    reading, writing = open_like(terminal)
    assert os.isatty(writing)
    assert os.get_terminal_size(writing) == (99, 33)
    pump = Pump(reading, terminal, scrubber().stream())
    os.write(writing, f"{KEY}\n".encode())
    assert os.read(outer, 100) == MASK + b"\r\n"
    os.close(writing)
    assert pump.join(5)
    os.close(outer)
    os.close(terminal)
