"""Bytes that come in pieces."""

from __future__ import annotations

import pytest

from credcheck import Scrubber
from support.keys import tail

KEY = "sk_" + "test_" + tail(36)
MASK = b"[REDACTED:A]"


def scrubber() -> Scrubber:
    made = Scrubber()
    made.add("A", KEY)
    return made


def test_nothing_is_held_back_that_cannot_become_a_secret() -> None:
    stream = scrubber().stream()
    assert stream.feed(b"password? ") == b"password? "
    assert stream.feed(b"\x00\xff\n") == b"\x00\xff\n"
    assert stream.feed(b"task") == b"ta"  # a key may begin so
    assert stream.held == 2
    assert stream.feed(b"s\n") == b"sks\n"
    assert stream.flush() == b""


def test_a_mask_is_given_as_soon_as_it_is_certain() -> None:
    stream = scrubber().stream()
    data = KEY.encode()
    assert stream.feed(b"<" + data[:-1]) == b"<"
    assert stream.feed(data[-1:]) == MASK
    assert stream.feed(b">") == b">"


def test_a_value_that_never_ends_is_not_held_for_ever() -> None:
    value = "ab1" * 12
    made = Scrubber()
    made.add("A", value)
    stream = made.stream()
    out = b"".join(stream.feed(b"ab1") for _ in range(10_000)) + stream.flush()
    assert out == made.data(b"ab1" * 10_000)
    assert out == MASK
    for _ in range(1_000):
        stream.feed(b"ab1")
    assert len(stream.pending) < 100


def test_a_colour_code_that_is_cut_is_held_until_it_is_whole() -> None:
    stream = scrubber().stream()
    half = len(KEY) // 2
    given = [
        stream.feed(f"x{KEY[:half]}\x1b[3".encode()),
        stream.feed(f"1m{KEY[half:]}\x1b".encode()),
        stream.feed(b"[0mz"),
        stream.flush(),
    ]
    assert b"".join(given) == b"x" + MASK + b"\x1b[31m\x1b[0mz"


def test_a_value_that_is_added_on_the_way_counts_from_then_on() -> None:
    made = Scrubber()
    stream = made.stream()
    assert stream.feed(KEY.encode()) == KEY.encode()
    made.add("A", KEY)
    assert stream.feed(KEY.encode() + b"\n") == MASK + b"\n"


def test_a_reader_that_waits_gets_what_is_held_and_the_rest_is_still_masked() -> None:
    stream = scrubber().stream()
    assert stream.feed(b"> s") == b"> "
    assert stream.release() == b"s"
    assert stream.release() == b""
    assert stream.feed(KEY[1:].encode() + b"\n") == MASK + b"\n"
    assert stream.feed(KEY[:20].encode()) == b""
    assert stream.release() == b""  # eight characters and more are never shown
    assert stream.feed(b"\n") == MASK + b"\n"


def test_release_in_the_middle_of_ordinary_text_changes_nothing() -> None:
    stream = scrubber().stream()
    out = stream.feed(b"task") + stream.release() + stream.feed(b"ing ") + stream.flush()
    assert out == b"tasking "


def test_a_stream_can_be_used_again_after_its_end() -> None:
    stream = scrubber().stream()
    assert stream.feed(b"sk_") + stream.flush() == b"sk_"
    assert stream.feed(KEY.encode()) + stream.flush() == MASK


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_long_stream_in_pieces_of_any_size(size: int) -> None:
    made = scrubber()
    text = (
        f"line é with {KEY} and \x1b[31m{KEY[:9]}\x1b[0m{KEY[9:]}\x1b[0m and sk_\n" * 300
    ).encode()
    stream = made.stream()
    out = b"".join(stream.feed(text[n : n + size]) for n in range(0, len(text), size))
    assert out + stream.flush() == made.data(text)
