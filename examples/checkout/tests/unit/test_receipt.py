from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.receipt import format_amount, render_receipt

if TYPE_CHECKING:
    from checkout.cart import Cart


def test_an_amount_has_two_decimals() -> None:
    assert format_amount(1_205, "eur") == "12.05 EUR"


def test_a_receipt_lists_every_line_and_the_total(cart: Cart) -> None:
    cart.apply_voucher(10)
    assert render_receipt("A-1001", cart) == (
        "Order A-1001\n"
        "\n"
        "2 x Mug           25.80 EUR\n"
        "1 x Green tea      8.50 EUR\n"
        "Voucher 10 %      -3.43 EUR\n"
        "Shipping           4.90 EUR\n"
        "Total             35.77 EUR\n"
    )


def test_a_receipt_without_a_voucher_does_not_speak_of_one(cart: Cart) -> None:
    assert "Voucher" not in render_receipt("A-1001", cart)
