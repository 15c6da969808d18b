"""Payments, against Stripe's test mode or whatever STRIPE_API_BASE names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import stripe
from checkout import payments

from credcheck import require_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.cart import Cart

pytestmark = require_secret("STRIPE_TEST_KEY")


@pytest.fixture
def api(secrets: Mapping[str, str]) -> stripe.StripeClient:
    return payments.client(secrets["STRIPE_TEST_KEY"], os.environ.get("STRIPE_API_BASE"))


def test_a_cart_is_charged(cart: Cart, api: stripe.StripeClient) -> None:
    intent = payments.charge(cart, api)
    assert intent.id.startswith("pi_")
    assert not intent.livemode


def test_a_payment_is_refunded(cart: Cart, api: stripe.StripeClient) -> None:
    intent = payments.charge(cart, api)
    assert payments.refund(intent.id, api).object == "refund"


def test_a_charge_without_an_amount_is_refused(api: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        api.v1.payment_intents.create({"currency": "eur"})  # type: ignore[typeddict-item]
