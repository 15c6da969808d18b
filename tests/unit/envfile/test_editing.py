from __future__ import annotations

import io

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from credcheck.envfile import edit
from credcheck.errors import DotenvError
from support.odd import DOTENV_VALUES, NOT_UTF8

LABEL = ".env.test"


def edited(text: str, **changes: str) -> str:
    return edit(text, changes, LABEL)


def read(text: str) -> dict[str, str | None]:
    return dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False)


def test_a_new_file_has_a_line_for_each_secret() -> None:
    assert edited("", A="one", B="two words") == "A=one\nB='two words'\n"


def test_a_name_that_is_not_there_is_added_at_the_end() -> None:
    assert edited("# head\nA=1\n", B="2") == "# head\nA=1\nB=2\n"
    assert edited("A=1", B="2") == "A=1\nB=2\n"


def test_a_line_is_changed_in_place_with_comments_and_order_kept() -> None:
    text = (
        "# the shop's keys\n\n"
        "FIRST='stays as it is'   # why\n"
        "export A = changeme  # from the dashboard\n"
        "\n"
        '  B="old"#tight\n'
        "LAST=\\n$HOME\n"
    )
    assert edited(text, A="new", B="b c") == (
        "# the shop's keys\n\n"
        "FIRST='stays as it is'   # why\n"
        "export A=new  # from the dashboard\n"
        "\n"
        "  B='b c'\n"
        "LAST=\\n$HOME\n"
    )


@pytest.mark.parametrize(
    "old", ["", "''", '""', "changeme", "'x' # c", " # c", '"a\nb"', "'it\\'s'"]
)
@pytest.mark.parametrize("value", DOTENV_VALUES.values())
def test_any_value_takes_the_place_of_any_other(old: str, value: str) -> None:
    text = edited(f"X='1'\nA={old}\nY=\"2\"\n", A=value)
    assert read(text) == {"X": "1", "A": value, "Y": "2"}
    assert text.startswith("X='1'\nA=")
    assert text.endswith('\nY="2"\n')


def test_a_name_that_stands_there_twice_is_changed_in_both_places() -> None:
    assert edited("A=1\nB=2\nA=1\n", A="3") == "A=3\nB=2\nA=3\n"


def test_line_ends_of_windows_stay() -> None:
    assert edited("A=1\r\nB=2\r\n", A="3", C="4") == "A=3\r\nB=2\r\nC=4\r\n"


def test_nothing_to_change_changes_nothing() -> None:
    text = "  # odd\nA = 1 \n\n\n"
    assert edited(text) == text
    assert edited(edited(text, A="2"), A="2") == edited(text, A="2")


TEXT = st.lists(
    st.sampled_from(["# c", "", "X=1", "export Y='2'", 'Z="a\\nb" # c', "  W = 3 4", "V=", "U='"])
).map("\n".join)


@given(TEXT, st.dictionaries(st.sampled_from(["X", "Y", "Z", "NEW"]), st.text(max_size=20)))
def test_every_other_value_stays_and_the_new_ones_are_exact(
    text: str, changes: dict[str, str]
) -> None:
    try:
        before = read(text)
        after = read(edit(text, changes, LABEL))
    except (DotenvError, UnicodeEncodeError):
        return  # it says so, and writes nothing
    assert after == {**before, **changes}


@pytest.mark.parametrize("value", ["a\0b", NOT_UTF8])
def test_what_no_line_can_hold_is_named_without_the_value(value: str) -> None:
    with pytest.raises(DotenvError, match=r"\.env\.test cannot hold BAD exactly") as caught:
        edited("", GOOD="1", BAD=value)
    assert value not in str(caught.value)


def test_a_broken_file_is_not_touched() -> None:
    with pytest.raises(DotenvError, match=r"\.env\.test:2: not a line of the form NAME=value"):
        edited("A=1\nB='open\n", C="2")
