"""The folder belongs to the suite `storage` in credcheck.toml: no mark is needed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from checkout.storage import ReceiptArchive


def test_a_receipt_comes_back_as_it_was_stored(archive: ReceiptArchive, order_id: str) -> None:
    archive.save(order_id, "Total 35.77 €\n")
    assert archive.load(order_id) == "Total 35.77 €\n"


def test_a_second_receipt_replaces_the_first(archive: ReceiptArchive, order_id: str) -> None:
    archive.save(order_id, "first")
    archive.save(order_id, "second")
    assert archive.load(order_id) == "second"


def test_an_order_without_a_receipt_is_a_key_error(archive: ReceiptArchive, order_id: str) -> None:
    with pytest.raises(KeyError, match=order_id):
        archive.load(order_id)


def test_stored_orders_are_listed(archive: ReceiptArchive, order_id: str) -> None:
    archive.save(order_id, "a receipt")
    assert order_id in archive.orders()
