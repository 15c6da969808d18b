from __future__ import annotations

import pytest

from credcheck.errors import CommandLineError
from credcheck.running import child_environ
from credcheck.secret import Secret
from support.keys import stripe_live


def test_the_secrets_win_over_what_was_there() -> None:
    environ, left_out = child_environ(
        {"PATH": "/bin", "KEY": "changeme"}, {"KEY": Secret("value")}, {"KEY"}
    )
    assert environ == {"PATH": "/bin", "KEY": "value"}
    assert left_out == ()


def test_a_live_key_under_a_name_that_nobody_declared_is_left_out() -> None:
    environ, left_out = child_environ({"OTHER": stripe_live(), "A": "1"}, {}, set())
    assert environ == {"A": "1"}
    assert left_out == ("OTHER",)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("A", "with\0nul", "it holds a NUL character"),
        ("A=B", "value", "its name is no variable name"),
        ("A", "x" * (128 * 1024), "it is longer than a system hands on (128 KiB)"),
    ],
)
def test_what_no_environment_can_hold_is_named_without_the_value(
    name: str, value: str, why: str
) -> None:
    with pytest.raises(CommandLineError) as caught:
        child_environ({}, {"GOOD": Secret("good"), name: Secret(value)}, set())
    assert caught.value.message.endswith(f"\n{name}: {why}")
    assert "nothing was started" in caught.value.message
