"""Every test of this module needs the key: the mark stands once, at the top."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from checkout.payments import Payments, stripe_client

from credcheck import require_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.cart import Cart

pytestmark = require_secret("STRIPE_TEST_KEY")


@pytest.fixture
def payments(secrets: Mapping[str, str]) -> Payments:
    return Payments(stripe_client(secrets["STRIPE_TEST_KEY"]))


def test_the_carts_total_is_charged(payments: Payments, cart: Cart, order_id: str) -> None:
    payment = payments.charge(order_id, cart, "pm_card_visa")
    assert (payment.amount, payment.currency) == (3_920, "eur")


def test_no_real_money_moves(payments: Payments, cart: Cart, order_id: str) -> None:
    assert payments.charge(order_id, cart, "pm_card_visa").livemode is False


def test_the_customer_can_pay_on_a_page_of_stripes(payments: Payments, cart: Cart) -> None:
    url = payments.payment_page(cart, "https://shop.example/thanks")
    assert url.startswith("https://checkout.stripe.com/")
