"""Payment by card, with Stripe."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import stripe

if TYPE_CHECKING:
    from checkout.cart import Cart

STRIPE_API = "https://api.stripe.com"


def stripe_client(api_key: str) -> stripe.StripeClient:
    """Connect to Stripe, or to what ``STRIPE_API_BASE`` names instead."""
    base = os.environ.get("STRIPE_API_BASE", STRIPE_API)
    return stripe.StripeClient(api_key, base_addresses={"api": base}, max_network_retries=2)


class Payments:
    """Charges customers and gives their money back."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    def charge(self, order_id: str, cart: Cart, payment_method: str) -> stripe.PaymentIntent:
        """Charge the cart's total once, however often it is called for the same order."""
        return self._client.v1.payment_intents.create(
            {
                "amount": cart.total,
                "currency": cart.currency,
                "payment_method": payment_method,
                "confirm": True,
                "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                "metadata": {"order_id": order_id},
            },
            {"idempotency_key": f"charge-{order_id}"},
        )

    def refund(self, payment: stripe.PaymentIntent, amount: int) -> stripe.Refund:
        """Give a part of a payment back, in cents."""
        return self._client.v1.refunds.create({"payment_intent": payment.id, "amount": amount})

    def payment_page(self, cart: Cart, return_url: str) -> str:
        """Give the address of a page of Stripe's on which the customer pays."""
        session = self._client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "success_url": return_url,
                "line_items": [
                    {
                        "quantity": 1,
                        "price_data": {
                            "currency": cart.currency,
                            "unit_amount": cart.total,
                            "product_data": {"name": "Your order"},
                        },
                    }
                ],
            }
        )
        if session.url is None:
            raise RuntimeError(f"Stripe gave no address for {session.id}")
        return session.url
