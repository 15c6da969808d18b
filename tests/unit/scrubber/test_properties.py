"""Properties that hold for any secrets and any text, whole and in pieces."""

from __future__ import annotations

import itertools

from hypothesis import example, given, settings
from hypothesis import strategies as st

from credcheck import Scrubber
from credcheck.scrubber.cores import why_unmaskable
from support.keys import tail

ALPHABET = "abAB01_-%'\"\\\n é漢[]:REDACT"
values = st.text(ALPHABET, min_size=8, max_size=30) | st.integers(0, 50).map(
    lambda n: tail(20 + n, seed=n)
)
secrets = st.lists(values, min_size=1, max_size=4)
ENGINES = ("words", "automaton")


def scrubber(found: list[str], engine: str | None = None) -> Scrubber:
    made = Scrubber(engine)
    for number, value in enumerate(found):
        made.add(f"S{number}", value)
    return made


@st.composite
def texts(draw: st.DrawFn) -> tuple[list[str], str]:
    """Secrets, and a text of whole ones, cut ones, overlaid ones and others."""
    found = draw(secrets)
    parts = []
    for value in draw(st.lists(st.sampled_from(found), max_size=5)):
        begin = draw(st.integers(0, len(value) - 1)) if draw(st.booleans()) else 0
        end = draw(st.integers(begin, len(value))) if draw(st.booleans()) else len(value)
        parts += [value[begin:end], draw(st.text(ALPHABET + "\x1b[31m", max_size=6))]
    return found, "".join(parts)


@given(texts(), st.sampled_from(ENGINES))
@settings(max_examples=150, deadline=None)
def test_no_secret_is_left_in_the_output(case: tuple[list[str], str], engine: str) -> None:
    found, text = case
    clean = scrubber(found, engine).text(text)
    masks = {f"[REDACTED:S{n}]" for n in range(len(found))}
    for value in found:
        if not why_unmaskable(value) and not any(value in mask or "[" in value for mask in masks):
            for mask in masks:
                clean = clean.replace(mask, "\0")
            assert value not in clean


@given(texts(), st.sampled_from(ENGINES))
@settings(max_examples=150, deadline=None)
def test_scrubbing_twice_changes_nothing_more(case: tuple[list[str], str], engine: str) -> None:
    found, text = case
    scrub = scrubber(found, engine)
    once = scrub.text(text)
    assert scrub.text(once) == once


@given(texts(), st.lists(st.integers(0, 60), max_size=8), st.sampled_from(ENGINES))
@settings(max_examples=150, deadline=None)
@example((["aaaaaaab", "aaaaaaabb"], "aaaaaaabb"), [8], "words")
@example((["abcdefg["], "abcdefg[REDACTED:S0]"), [8], "words")
def test_a_stream_gives_what_the_whole_text_gives(
    case: tuple[list[str], str], cuts: list[int], engine: str
) -> None:
    found, text = case
    scrub = scrubber(found, engine)
    data = text.encode()
    expected = scrub.data(data)
    stream = scrub.stream()
    assert (
        b"".join(stream.feed(data[n : n + 1]) for n in range(len(data))) + stream.flush()
        == expected
    )
    places = sorted({0, *(min(cut, len(data)) for cut in cuts), len(data)})
    fed = [stream.feed(data[a:b]) for a, b in itertools.pairwise(places)]
    assert b"".join(fed) + stream.flush() == expected


@given(texts())
@settings(max_examples=100, deadline=None)
@example((["000\n0000000:0é"], "000\n0000000:0é"))
def test_both_engines_and_any_order_of_secrets_give_the_same(case: tuple[list[str], str]) -> None:
    found, text = case
    outcomes = set()
    numbers = range(len(found))
    for engine, order in itertools.product(ENGINES, (list(numbers), list(reversed(numbers)))):
        made = Scrubber(engine)
        for number in order:
            made.add(f"S{number}", found[number])
        outcomes.add(made.text(text))
    assert len(outcomes) == 1


@given(st.text(), st.text(min_size=8))
@settings(deadline=None)
def test_any_text_and_any_value_can_be_taken(text: str, value: str) -> None:
    scrub = scrubber([value])
    assert isinstance(scrub.text(text), str)
    assert scrub.failures == 0
    assert scrub.text(f"{text}{value}{text}").count("[REDACTED:S0]") >= bool(
        value.strip() and not why_unmaskable(value) and value not in "[REDACTED:S0]"
    )


@settings(deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=60))
def test_bytes_that_are_no_text_pass_untouched(before: bytes, after: bytes) -> None:
    key = tail(30)
    scrub = scrubber([key])
    assert scrub.data(before + key.encode() + after) == before + b"[REDACTED:S0]" + after
