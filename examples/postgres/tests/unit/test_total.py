"""What needs no database."""

import pytest
from orders.store import total_of


def test_a_total_is_the_sum_of_its_prices():
    assert total_of([500, 750]) == 1250


def test_an_empty_order_has_no_total():
    with pytest.raises(ValueError, match="at least one item"):
        total_of([])
