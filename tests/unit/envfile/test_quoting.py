from __future__ import annotations

import io

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from credcheck.envfile import assignment, quoting
from support.odd import DOTENV_VALUES, LINES, NOT_UTF8, ODD_VALUES, OLD_DOTENV


def read(text: str) -> dict[str, str | None]:
    return dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False)


@pytest.mark.parametrize("value", DOTENV_VALUES.values())
def test_an_odd_value_is_one_line_that_python_dotenv_reads_exactly(value: str) -> None:
    line = assignment("A", value)
    assert line is not None
    assert "\n" not in line
    assert "\r" not in line
    assert read(f"X=1\n{line}\nY='2'\nZ=\"3\"\n") == {"X": "1", "A": value, "Y": "2", "Z": "3"}


@pytest.mark.parametrize(
    ("value", "spelled"),
    [
        ("sk_abc-1.2/3:4@5", "sk_abc-1.2/3:4@5"),
        ("pa$$word", "'pa$$word'"),
        ("two words", "'two words'"),
        ("it's", "it's"),
        ("a\\b", "a\\b"),
        ("a\nb", '"a\\nb"'),
    ],
)
def test_the_spelling_is_the_one_that_other_readers_share(value: str, spelled: str) -> None:
    assert assignment("A", value) == f"A={spelled}"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_has_a_spelling(value: str) -> None:
    line = assignment("A", value)
    if line is None:
        assert OLD_DOTENV
        assert value.endswith("\\")
    else:
        assert read(line) == {"A": value}


@pytest.mark.skipif(not OLD_DOTENV, reason="this one reads them")
@pytest.mark.parametrize("name", ["ALL_OF_IT", "LINE_AND_BACKSLASH"])
def test_what_an_old_python_dotenv_would_read_wrongly_has_no_spelling(name: str) -> None:
    assert assignment("A", {**ODD_VALUES, **LINES}[name]) is None


@pytest.mark.parametrize("value", ["a\0b", NOT_UTF8])
def test_what_a_text_file_cannot_hold_has_none(value: str) -> None:
    assert assignment("A", value) is None


def test_what_the_installed_library_reads_wrongly_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quoting, "_reads_as", lambda line, name, value: False)
    assert assignment("A", "any") is None
