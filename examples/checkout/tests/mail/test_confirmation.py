"""The folder belongs to the suite `mail` in credcheck.toml: no mark is needed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from checkout.mail import Mailer, MailError
from checkout.receipt import render_receipt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.cart import Cart


@pytest.fixture
def mailer(secrets: Mapping[str, str]) -> Mailer:
    return Mailer(secrets["SENDGRID_TEST_KEY"], sandbox=True)


def test_a_confirmation_is_accepted(mailer: Mailer, cart: Cart, order_id: str) -> None:
    receipt = render_receipt(order_id, cart)
    assert mailer.send_confirmation("customer@example.com", order_id, receipt) == 200


def test_a_mail_without_text_is_turned_down(mailer: Mailer, order_id: str) -> None:
    with pytest.raises(MailError, match=f"answered 400 for {order_id}"):
        mailer.send_confirmation("customer@example.com", order_id, "")


def test_a_wrong_key_is_turned_down(order_id: str) -> None:
    with pytest.raises(MailError, match=f"answered 401 for {order_id}"):
        Mailer("wrong", sandbox=True).send_confirmation("customer@example.com", order_id, "Hello")
