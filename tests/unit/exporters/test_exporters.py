from __future__ import annotations

import json
import re

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from credcheck.errors import CommandLineError
from credcheck.exporters import EXPORTERS, export, github
from credcheck.secret import Secret
from support.odd import DOTENV_VALUES, LINES, NOT_UTF8, ODD_VALUES, OLD_DOTENV

ALL = ODD_VALUES | LINES


def exported(name: str, values: dict[str, str]) -> str:
    data = export(name, {n: Secret(value) for n, value in values.items()})
    return data.decode("utf-8", "surrogateescape")


def refusal(name: str, **values: str) -> str:
    with pytest.raises(CommandLineError) as caught:
        exported(name, values)
    assert "nothing was written" in caught.value.message
    assert not any(value in str(caught.value) for value in values.values() if len(value) > 3)
    return caught.value.message.partition("\n")[2]


# ── each format, read back ────────────────────────────────────────────────────────────────────


def test_dotenv_is_read_back_exactly_by_python_dotenv(tmp_path: object) -> None:
    import io

    text = exported("dotenv", DOTENV_VALUES)
    assert dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False) == DOTENV_VALUES


def test_json_is_one_object_in_ascii() -> None:
    text = exported("json", ALL)
    assert text.isascii()
    assert json.loads(text) == ALL


def powershell(line: str) -> tuple[str, str]:
    """Read one assignment by PowerShell's rules: quoted texts and code units, joined by `+`."""
    name, _, expression = line.removeprefix("$env:").partition(" = ")
    units, at = b"", 0
    while at < len(expression):
        if expression[at] == "'":
            match = re.compile(r"'((?:[^']|'')*)'").match(expression, at)
            assert match
            # between single quotes these too would end the text: PowerShell takes them for quotes
            assert not set(match[1]) & set("\u2018\u2019\u201a\u201b")
            units += match[1].replace("''", "'").encode("utf-16-be")
        else:
            match = re.compile(r"\[char\]0x([0-9a-f]{4})").match(expression, at)
            assert match
            assert at > 0, "a number that stands first would be added, not joined"
            units += bytes.fromhex(match[1])
        at = match.end()
        if at < len(expression):
            assert expression[at : at + 3] == " + "
            at += 3
    return name, units.decode("utf-16-be")


def test_powershell_gets_one_line_of_ascii_for_each_secret() -> None:
    text = exported("powershell", ALL)
    assert text.isascii()
    assert dict(powershell(line) for line in text.splitlines()) == ALL
    assert exported("powershell", {"A": "it's"}) == "$env:A = 'it''s'\n"
    assert exported("powershell", {"A": "\nb"}) == "$env:A = '' + [char]0x000a + 'b'\n"


def docker(data: bytes) -> dict[str, str]:
    """Read as `github.com/docker/cli/pkg/kvfile` does."""
    read = {}
    for line in data.split(b"\n"):
        text = line.removesuffix(b"\r").decode().lstrip()
        if text and not text.startswith("#"):
            name, _, value = text.partition("=")
            read[name] = value
    return read


def test_docker_takes_every_value_of_one_line_as_it_stands() -> None:
    assert docker(exported("docker", ODD_VALUES).encode()) == ODD_VALUES


def runner(text: str) -> dict[str, str]:
    """Read as the runner's `FileCommandManager` does: to the line that is the delimiter."""
    read = {}
    while text:
        head, _, rest = text.partition("\n")
        name, _, mark = head.partition("<<")
        value, found, text = rest.partition(f"\n{mark}\n")
        assert found
        read[name] = value
    return read


def test_github_gets_each_value_between_random_delimiters() -> None:
    text = exported("github", ALL)
    assert runner(text) == ALL
    marks = re.findall(r"<<(ghadelimiter_\w{32})$", text, re.MULTILINE)
    assert len(set(marks)) == len(ALL)
    assert not set(marks) & set(re.findall(r"ghadelimiter_\w+", exported("github", ALL)))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_text_survives_every_format_that_takes_it(value: str) -> None:
    import io

    assert json.loads(exported("json", {"A": value})) == {"A": value}
    assert powershell(exported("powershell", {"A": value}).removesuffix("\n")) == ("A", value)
    if OLD_DOTENV and value.endswith("\\"):
        return  # it may be told that there is no line for it
    text = exported("dotenv", {"A": value})
    assert dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False) == {"A": value}


# ── masks ─────────────────────────────────────────────────────────────────────────────────────


def masked(*values: str) -> list[str]:
    text = github.masks({f"S{n}": value for n, value in enumerate(values)})
    lines = text.splitlines()
    assert all(line.startswith("::add-mask::") for line in lines)
    return [line.removeprefix("::add-mask::") for line in lines]


def test_a_value_is_masked_with_its_escapes() -> None:
    assert masked("100%25-done") == ["100%2525-done"]


def test_the_long_lines_of_a_value_are_masked_each_and_a_brace_is_not() -> None:
    assert masked("{\nlong-enough-1\nshort\nlong-enough-2\r\n}") == [
        "long-enough-1",
        "long-enough-2",
    ]


def test_what_ends_no_line_of_a_log_does_not_split_a_mask() -> None:
    value = "abc\x0cdef\u2028gh\x85i"
    assert github.masks({"A_KEY": value}) == f"::add-mask::{value}\n"


def test_the_texts_inside_a_json_value_are_masked() -> None:
    value = json.dumps({"key": "leaf-of-the-object", "n": 1, "list": ["another-leaf", "no"]})
    assert masked(value) == [value, "leaf-of-the-object", "another-leaf"]


def test_a_value_that_only_looks_like_json_is_masked_as_it_is() -> None:
    assert masked("{not json at all") == ["{not json at all"]


def test_a_text_of_three_characters_would_hide_the_log() -> None:
    assert masked("abc", "abcd") == ["abcd"]


# ── what a format cannot carry ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [n for n in EXPORTERS if n != "json"])
def test_a_nul_is_named_with_its_secret(name: str) -> None:
    assert refusal(name, GOOD="fine", BAD="a\0b").startswith("BAD: it holds a NUL character")


@pytest.mark.parametrize("name", ["dotenv", "powershell", "json", "github", "docker"])
def test_a_value_that_is_not_utf_8_is_named_where_the_reader_wants_text(name: str) -> None:
    assert refusal(name, BAD=NOT_UTF8) == "BAD: it is not text in UTF-8"


@pytest.mark.parametrize("name", ["shell", "fish"])
def test_a_value_that_is_not_utf_8_goes_to_a_shell_as_it_is(name: str) -> None:
    assert b"caf\xe9'" in export(name, {"A": Secret(NOT_UTF8)})


def test_docker_env_files_hold_one_short_line_for_each_variable() -> None:
    assert "A: it has more than one line" in refusal("docker", A="one\ntwo")
    assert "A: it ends with a carriage return" in refusal("docker", A="one\r")
    longest = 64 * 1024 - len("A=") - 2
    assert exported("docker", {"A": "x" * longest})
    assert "A: its line is longer" in refusal("docker", A="x" * (longest + 1))


@pytest.mark.parametrize("name", ["NODE_OPTIONS", "GITHUB_TOKEN", "RUNNER_OS"])
def test_github_lets_no_step_set_its_own_variables(name: str) -> None:
    assert refusal("github", **{name: "value"}) == (
        f"{name}: GitHub lets no step set a variable of that name"
    )


@pytest.mark.parametrize("name", [n for n in EXPORTERS if n != "json"])
def test_a_name_that_is_no_variable_cannot_become_a_command(name: str) -> None:
    assert "no variable name" in refusal(name, **{"A; rm -rf /": "value"})
    assert "no variable name" in refusal(name, é="value")


def test_every_obstacle_is_told_at_once() -> None:
    assert len(refusal("docker", A="a\nb", B="c\0d", C="fine").splitlines()) == 2
