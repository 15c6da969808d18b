"""What the engines look for: every window is reached, and little else."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credcheck.scrubber.engines import (
    AFTER,
    BEFORE,
    Automaton,
    Engine,
    Words,
    choose_engine,
    seeds_of,
)
from support.keys import tail

windows = st.lists(
    st.binary(min_size=8, max_size=40) | st.text("ab1C-", min_size=8).map(str.encode),
    min_size=1,
    max_size=6,
)
ENGINES = pytest.mark.parametrize("engine", [Words, Automaton])


@ENGINES
@given(found=windows, before=st.binary(max_size=20), after=st.binary(max_size=20))
def test_every_window_is_near_a_candidate_whatever_stands_around_it(
    engine: type[Words | Automaton], found: list[bytes], before: bytes, after: bytes
) -> None:
    made: Engine = engine(found)
    for window in found:
        places = made.candidates(before + window + after)
        begin = len(before)
        assert any(place - BEFORE <= begin <= place + AFTER for place in places)


@given(windows)
def test_every_window_has_a_seed_at_its_beginning(found: list[bytes]) -> None:
    seeds = seeds_of(found)
    assert all(any(seed in window[:17] for seed in seeds) for window in found)


def test_seeds_begin_as_output_seldom_does_and_neighbours_share_them() -> None:
    row = b"aaaaaaaB7aaaaaaa"
    found = [row[n : n + 8] for n in range(len(row) - 7)]
    assert seeds_of(found[4:8]) == {b"B7aaa"}
    key = tail(40).encode()
    assert len(seeds_of(key[n : n + 8] for n in range(33))) < 16


def test_the_automaton_is_taken_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(choose_engine([b"a1B2c3D4"]), Automaton)
    assert isinstance(choose_engine([b"a1B2c3D4"], "words"), Words)
    monkeypatch.setitem(sys.modules, "ahocorasick_rs", None)
    assert isinstance(choose_engine([b"a1B2c3D4"]), Words)
