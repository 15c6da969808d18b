from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from credcheck.manifest.lines import Key, find_lines

DOCUMENT = '''# a comment
top = 1
"quoted key".'x' = """
[not.a.table]
\\""" = 2
"""
literal = \'\'\'
x = 1\'\'\'

[a.b] # why
list = [ "]", # ]
  [1, {x = 1}],
  2, ]
inline = {p = 1, q.r = {s = "}"}, empty = {}}
e = []
date = 1979-05-27 07:32:00

  [ a . "c.d" ]
x.y = 1
"\\u0041" = 1

[[many]]
k = 1
[[many]]
l = 1
[many.sub]
m = 1
[[many.more]]
[[many.more]]
n = 1
'''


def test_every_key_of_a_document_has_its_line() -> None:
    assert find_lines(DOCUMENT) == {
        ("top",): 2,
        ("quoted key",): 3,
        ("quoted key", "x"): 3,
        ("literal",): 7,
        ("a",): 10,
        ("a", "b"): 10,
        ("a", "b", "list"): 11,
        ("a", "b", "list", 0): 11,
        ("a", "b", "list", 1): 12,
        ("a", "b", "list", 1, 0): 12,
        ("a", "b", "list", 1, 1): 12,
        ("a", "b", "list", 1, 1, "x"): 12,
        ("a", "b", "list", 2): 13,
        ("a", "b", "inline"): 14,
        ("a", "b", "inline", "p"): 14,
        ("a", "b", "inline", "q"): 14,
        ("a", "b", "inline", "q", "r"): 14,
        ("a", "b", "inline", "q", "r", "s"): 14,
        ("a", "b", "inline", "empty"): 14,
        ("a", "b", "e"): 15,
        ("a", "b", "date"): 16,
        ("a", "c.d"): 18,
        ("a", "c.d", "x"): 19,
        ("a", "c.d", "x", "y"): 19,
        ("a", "c.d", "A"): 20,
        ("many",): 22,
        ("many", 0): 22,
        ("many", 0, "k"): 23,
        ("many", 1): 24,
        ("many", 1, "l"): 25,
        ("many", 1, "sub"): 26,
        ("many", 1, "sub", "m"): 27,
        ("many", 1, "more"): 28,
        ("many", 1, "more", 0): 28,
        ("many", 1, "more", 1): 29,
        ("many", 1, "more", 1, "n"): 30,
    }


def test_windows_line_ends_count_once() -> None:
    assert find_lines("a = 1\r\n\r\nb = 2\r\n") == {("a",): 1, ("b",): 3}


def test_a_text_that_cannot_be_followed_keeps_what_was_found() -> None:
    assert find_lines("a = 1\n= 2\nb = 3\n") == {("a",): 1}
    assert find_lines("a = " + "[" * 100_000)[("a",)] == 1


@given(st.text(alphabet="ab.=[]{},\"'\\#\n 1", max_size=60))
def test_it_never_raises_and_names_only_lines_of_the_text(text: str) -> None:
    assert set(find_lines(text).values()) <= set(range(1, text.count("\n") + 2))


@given(st.text(alphabet="ab.=[]{},\"'\\#\n 1", max_size=40))
def test_every_key_of_a_valid_document_is_found(text: str) -> None:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = {without_indices(key) for key in find_lines(text)}
    assert {without_indices(key) for key in keys_of((), document)} <= found


def keys_of(at: Key, value: object) -> set[Key]:
    inside: set[Key] = {at} if at and isinstance(at[-1], str) else set()
    if isinstance(value, dict):
        return inside.union(*(keys_of((*at, key), item) for key, item in value.items()))
    if isinstance(value, list):
        return inside.union(*(keys_of((*at, index), item) for index, item in enumerate(value)))
    return inside


def without_indices(key: Key) -> Key:
    return tuple(part for part in key if isinstance(part, str))
