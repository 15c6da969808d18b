"""Python's streams."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap

from credcheck import Scrubber
from credcheck.scrubber.writers import scrub_writes
from support.keys import tail

KEY = tail(40)


def scrubber() -> Scrubber:
    made = Scrubber()
    made.add("A", KEY)
    return made


class Kept(io.BytesIO):
    """Bytes with room for attributes."""


def test_text_and_bytes_are_scrubbed_whoever_holds_the_stream() -> None:
    raw = Kept()
    stream = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    held = stream
    stream.write("before ")
    assert scrub_writes(stream, scrubber())
    held.write(f"{KEY[:10]}")
    held.write(f"{KEY[10:]}\n")
    stream.buffer.write(KEY.encode())
    stream.flush()
    assert raw.getvalue() == b"before [REDACTED:A]\n[REDACTED:A]"


def test_a_prompt_is_shown_by_flush_and_its_rest_is_masked() -> None:
    raw = Kept()
    stream = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    scrub_writes(stream, scrubber())
    stream.write(f"key> {KEY[:3]}")
    stream.flush()
    assert raw.getvalue() == b"key> " + KEY[:3].encode()
    stream.write(f"{KEY[3:]}\n")
    stream.flush()
    assert raw.getvalue() == b"key> " + KEY[:3].encode() + b"[REDACTED:A]\n"


def test_a_stream_that_is_scrubbed_already_takes_the_new_scrubber() -> None:
    raw = Kept()
    stream = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    scrub_writes(stream, Scrubber())
    made = scrubber()
    assert scrub_writes(stream, made)
    assert scrub_writes(stream, made)
    stream.write(f"{KEY}\n")
    assert raw.getvalue() == b"[REDACTED:A]\n"


def test_a_stream_of_text_alone_is_scrubbed_too() -> None:
    class Text(io.StringIO):
        pass

    stream = Text()
    assert scrub_writes(stream, scrubber())
    stream.write(f"é {KEY}\n")
    assert stream.getvalue() == "é [REDACTED:A]\n"


def test_a_stream_without_room_is_told() -> None:
    class Closed:
        __slots__ = ()

        def write(self, text: str) -> int:
            return len(text)

        def flush(self) -> None:
            pass

    assert not scrub_writes(Closed(), scrubber())
    assert not scrub_writes(None, scrubber())


def test_the_real_streams_of_a_process_to_its_end() -> None:
    code = f"""
        import atexit, logging, sys
        from credcheck import Scrubber
        from credcheck.scrubber.writers import scrub_writes
        KEY = {KEY!r}
        made = Scrubber()
        made.add("A", KEY)
        logging.basicConfig(stream=sys.stderr, format="%(message)s")
        atexit.register(lambda: print("at the end", KEY))
        for stream in (sys.stdout, sys.stderr):
            assert scrub_writes(stream, made)
        print("printed", KEY)
        logging.warning(KEY)
        print(KEY[:20], end="")
    """
    for options in ([], ["-u"]):
        done = subprocess.run(
            [sys.executable, *options, "-c", textwrap.dedent(code)],
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.stdout == "printed [REDACTED:A]\n[REDACTED:A]at the end [REDACTED:A]\n"
        assert done.stderr == "[REDACTED:A]\n"
