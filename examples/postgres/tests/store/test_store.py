"""The store, on a real database."""

import pytest
from orders.store import Order, OrderStore


@pytest.fixture
def store(postgres, secrets):
    store = OrderStore(secrets["DATABASE_URL"])
    yield store
    store.clear()
    store.close()


def test_an_order_is_found_again(store):
    store.save(Order("A-1", 1250))
    assert store.find("A-1") == Order("A-1", 1250)


def test_an_unknown_number_finds_nothing(store):
    assert store.find("A-404") is None


def test_an_order_that_is_saved_again_is_replaced(store):
    store.save(Order("A-1", 1250))
    store.save(Order("A-1", 990))
    assert store.turnover() == 990


def test_the_turnover_is_the_sum_of_all_orders(store):
    assert store.turnover() == 0
    for number, total in enumerate((500, 700)):
        store.save(Order(f"B-{number}", total))
    assert store.turnover() == 1200
