"""Only the tests that talk to Stripe carry the mark; the others run without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.payments import Payments, stripe_client

from credcheck import require_secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.cart import Cart


@require_secret("STRIPE_TEST_KEY")
def test_one_article_is_refunded(secrets: Mapping[str, str], cart: Cart, order_id: str) -> None:
    payments = Payments(stripe_client(secrets["STRIPE_TEST_KEY"]))
    payment = payments.charge(order_id, cart, "pm_card_visa")
    refund = payments.refund(payment, 850)
    assert (refund.amount, refund.payment_intent) == (850, payment.id)
