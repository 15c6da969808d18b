from __future__ import annotations

from credcheck.model import Absent, Found
from credcheck.sources.fields import pick


def test_names_are_told_and_never_what_they_hold() -> None:
    fields = {f"name{n:02}": "a-value-nobody-sees" for n in range(30)}
    answer = pick(fields, "other", "secret/a")
    assert isinstance(answer, Absent)
    assert "'name00', 'name01'" in answer.detail
    assert answer.detail.endswith("and 10 more")
    assert "a-value-nobody-sees" not in repr(answer)


def test_an_empty_secret_has_no_names() -> None:
    assert pick({}, None, "secret/a") == Absent("secret/a has 0 fields; name one behind #: none")


def test_characters_of_another_script_stay_as_they_are() -> None:
    answer = pick({"a": {"b": "ä"}}, "a", "x")
    assert isinstance(answer, Found)
    assert answer.secret.reveal() == '{"b": "ä"}'
