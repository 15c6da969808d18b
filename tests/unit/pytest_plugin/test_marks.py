"""The decorator, and what the marks of one test add up to."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credcheck import require_secret
from credcheck.model import Need
from credcheck.pytest_plugin.marks import Needs, needs_of

names = st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=4)


def test_the_decorator_makes_a_plain_mark() -> None:
    mark = require_secret("A", "B", any_of=True, reason="charges a card").mark
    assert (mark.name, mark.args) == ("require_secret", ("A", "B"))
    assert mark.kwargs == {"any_of": True, "reason": "charges a card"}


@pytest.mark.parametrize("names", [(), ("",), (" ",), (1,), (None,), (["A"],), (print,)])
def test_anything_but_names_is_a_type_error_that_shows_the_right_use(names: tuple[Any]) -> None:
    with pytest.raises(TypeError, match=r'write @require_secret\("STRIPE_TEST_KEY"\)'):
        require_secret(*names)


def test_several_marks_add_up_and_each_any_of_is_a_group() -> None:
    marks = [
        require_secret("A", "B", reason="one").mark,
        require_secret("C", "D", any_of=True, reason="two").mark,
        require_secret("B", "E").mark,
        require_secret("C", "D", any_of=True, reason="one").mark,
        require_secret("A", "C", any_of=True).mark,
    ]
    needs = needs_of(marks)
    assert needs == Needs(Need(("A", "B", "E"), (("C", "D"), ("A", "C"))), ("one", "two"))
    assert needs.names == ("A", "B", "E", "C", "D")


def test_no_mark_needs_nothing() -> None:
    assert needs_of([]) == Needs(Need())


@pytest.mark.parametrize("mark", [pytest.mark.require_secret, pytest.mark.require_secret(1)])
def test_a_mark_made_by_hand_needs_names(mark: pytest.MarkDecorator) -> None:
    with pytest.raises(pytest.UsageError, match=r"pytest\.mark\.require_secret needs names: write"):
        needs_of([mark.mark])


@given(st.lists(st.tuples(names, st.booleans()), max_size=5))
def test_every_name_is_needed_once_in_the_order_of_the_marks(
    given_marks: list[tuple[list[str], bool]],
) -> None:
    needs = needs_of(require_secret(*names, any_of=any_of).mark for names, any_of in given_marks)
    assert set(needs.names) == {name for names, _ in given_marks for name in names}
    assert len(needs.names) == len(set(needs.names))
    assert needs.need.all_of == tuple(
        dict.fromkeys(name for names, any_of in given_marks if not any_of for name in names)
    )
