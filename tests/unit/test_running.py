from __future__ import annotations

import pytest

from credcheck.classifier import Rules
from credcheck.errors import CommandLineError
from credcheck.model import Refuse
from credcheck.running import child_environ
from credcheck.secret import Secret
from support.keys import stripe_live, tail


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


def test_an_address_that_the_manifest_refuses_is_left_out_and_the_name_of_a_host_is_not() -> None:
    rules = Rules(refuse=Refuse(hosts=("*.prod.example.com",)))
    given = {
        "SHOP_DSN": "postgresql://shop:" + tail(12) + "@db.prod.example.com/shop",
        "SHOP_HOST": "db.prod.example.com",
        "TEST_DSN": "postgresql://shop:" + tail(12) + "@db.test.example.com/shop",
    }
    environ, left_out = child_environ(given, {}, set(), rules)
    assert left_out == ("SHOP_DSN",)
    assert set(environ) == {"SHOP_HOST", "TEST_DSN"}


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
