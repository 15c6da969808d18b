from __future__ import annotations

import base64
import json

import pytest

from credcheck.classifier import classify, live_marker
from credcheck.classifier.normalize import clean, readings, visible
from support.keys import stripe_live, stripe_test, tail

LIVE = stripe_live()


@pytest.mark.parametrize(
    "wrapped",
    [
        LIVE[:5] + "\n" + LIVE[5:],
        LIVE[:5] + "\x00" + LIVE[5:],
        LIVE[:5] + "\u00ad" + LIVE[5:],
        LIVE[:5] + "\ufe0f" + LIVE[5:],
        LIVE[:5] + "\u3164" + LIVE[5:],
        LIVE[:3] + "\\u200b" + LIVE[3:],
        LIVE.replace("_", "%5f"),
        LIVE.replace("_", "\\x5F"),
        LIVE.replace("k", "\u212a"),
        base64.encodebytes(("x" * 50 + LIVE).encode()).decode(),
        base64.encodebytes(("x" * 50 + LIVE).encode()).decode().replace("\n", "\\n"),
        json.dumps({"a": base64.b64encode(b"x" + LIVE.encode()).decode()}),
        base64.b64encode(LIVE.encode("utf-16-le")).decode(),
        base64.b64encode(b"pad" + LIVE[:8].encode()).decode().rstrip("="),
        "f" + LIVE.encode().hex(),
        LIVE.upper().encode().hex().upper(),
        base64.b64encode(LIVE.upper().encode()).decode(),
    ],
)
def test_a_live_marker_is_found_behind_damage_and_encodings(wrapped: str) -> None:
    assert live_marker(wrapped) is not None
    assert classify(wrapped, "stripe").mode == "live"


def test_two_layers_are_not_undone() -> None:
    twice = base64.b64encode(base64.b64encode(LIVE.encode())).decode()
    assert classify(twice, "stripe").mode == "unknown"


@pytest.mark.parametrize(
    "damaged",
    [
        "\u00a0" + stripe_test(),
        "\x1f" + stripe_test(),
        stripe_test() + "\x00",
        '" ' + stripe_test() + '"',
        "\ufeff" + stripe_test(),
        stripe_test().replace("e", "\u0435", 1),
        stripe_test().replace("_", "\uff3f", 1),
        base64.b64encode(stripe_test().encode()).decode(),
        stripe_test().replace("_", "%5F"),
    ],
)
def test_a_test_key_that_needs_repair_is_malformed(damaged: str) -> None:
    verdict = classify(damaged, "stripe")
    assert (verdict.mode, verdict.malformed) == ("unknown", True)


def test_only_outer_ascii_space_and_one_pair_of_quotes_are_taken_away() -> None:
    assert clean(' "a" \r\n') == "a"
    assert clean("''a''") == "'a'"
    assert clean("\u00a0a") == "\u00a0a"
    assert clean('"') == '"'


def test_folding_cannot_make_a_text_grow() -> None:
    text = "\ufdfa" * 100
    assert visible(text) == text
    assert visible("\ufb01\u2075") == "fi5"


def test_readings_are_bounded_by_the_length_of_the_value() -> None:
    for unit in ("a", "QUJD ", "%41", "\\u0041", "\ufdfa", "{", "://", "AKIA"):
        small, large = (sum(map(len, readings(unit * n))) for n in (1000, 2000))
        assert large <= 2 * small + 64


@pytest.mark.parametrize(
    "wrapped",
    [
        "\u201c{}\u201d",
        "\u2018{}\u2019",
        "\u00ab{}\u00bb",
        "test\u2028{}",
        "test\x0b{}",
        "test\x85{}",
        "test#{}",
        "\x1b[1;31m{}\x1b[0m",
    ],
)
def test_a_short_live_marker_is_found_behind_curly_quotes_line_ends_and_colors(
    wrapped: str,
) -> None:
    assert classify(wrapped.format("live_" + tail(30)), "mollie").mode == "live"
