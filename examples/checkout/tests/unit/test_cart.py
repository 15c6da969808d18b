from __future__ import annotations

import pytest
from checkout.cart import Cart


def test_an_empty_cart_costs_nothing() -> None:
    assert Cart().total == 0


def test_the_subtotal_is_the_sum_of_all_lines(cart: Cart) -> None:
    assert cart.subtotal == 2 * 1_290 + 850


def test_more_of_the_same_article_adds_up(cart: Cart) -> None:
    cart.add("MUG-01", "Mug", 1_290)
    assert [line.quantity for line in cart.lines] == [3, 1]


def test_an_article_can_be_removed(cart: Cart) -> None:
    cart.remove("MUG-01")
    assert [line.sku for line in cart.lines] == ["TEA-07"]


def test_removing_what_is_not_there_is_an_error(cart: Cart) -> None:
    with pytest.raises(KeyError, match="HAT-99"):
        cart.remove("HAT-99")


def test_a_quantity_below_one_is_refused(cart: Cart) -> None:
    with pytest.raises(ValueError, match="quantity of TEA-08"):
        cart.add("TEA-08", "Black tea", 790, quantity=0)


def test_a_negative_price_is_refused(cart: Cart) -> None:
    with pytest.raises(ValueError, match="price of TEA-08"):
        cart.add("TEA-08", "Black tea", -1)


def test_a_small_order_pays_for_shipping(cart: Cart) -> None:
    assert cart.shipping == 490
    assert cart.total == 3_430 + 490


def test_a_large_order_is_shipped_for_free(cart: Cart) -> None:
    cart.add("POT-03", "Tea pot", 3_900)
    assert cart.shipping == 0
    assert cart.total == 7_330


def test_a_voucher_is_rounded_down_to_a_cent(cart: Cart) -> None:
    cart.apply_voucher(15)
    assert cart.discount == 514
    assert cart.total == 3_430 - 514 + 490


def test_a_voucher_of_more_than_everything_is_refused(cart: Cart) -> None:
    with pytest.raises(ValueError, match="between 1 and 100"):
        cart.apply_voucher(101)
