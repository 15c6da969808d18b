"""The receipt, as it is mailed and stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checkout.cart import Cart


def format_amount(cents: int, currency: str) -> str:
    """Write an amount for people: ``12.90 EUR``."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole}.{rest:02} {currency.upper()}"


def render_receipt(order_id: str, cart: Cart) -> str:
    """Write the receipt of one order as plain text."""
    rows = [(f"{line.quantity} x {line.name}", line.total) for line in cart.lines]
    if cart.discount:
        rows.append((f"Voucher {cart.discount_percent} %", -cart.discount))
    rows += [("Shipping", cart.shipping), ("Total", cart.total)]
    width = max(len(label) for label, _ in rows)
    table = [
        f"{label:<{width}}  {format_amount(cents, cart.currency):>12}" for label, cents in rows
    ]
    return "\n".join([f"Order {order_id}", "", *table, ""])
