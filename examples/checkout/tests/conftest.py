from __future__ import annotations

from uuid import uuid4

import pytest
from checkout.cart import Cart


@pytest.fixture
def cart() -> Cart:
    cart = Cart()
    cart.add("MUG-01", "Mug", 1_290, quantity=2)
    cart.add("TEA-07", "Green tea", 850)
    return cart


@pytest.fixture
def order_id() -> str:
    """Give a number that no other run has used."""
    return f"T-{uuid4().hex[:12]}"
