"""The store of orders, in PostgreSQL."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import pg8000.native


class Order(NamedTuple):
    """One order; the total in cents."""

    number: str
    total: int


def total_of(prices: list[int]) -> int:
    """Add up an order; it cannot be empty."""
    if not prices:
        raise ValueError("an order has at least one item")
    return sum(prices)


class OrderStore:
    """Keeps orders by number."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = pg8000.native.Connection(
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=parts.hostname or "localhost",
            port=parts.port or 5432,
            database=parts.path.lstrip("/"),
        )
        self._connection.run(
            "CREATE TABLE IF NOT EXISTS orders (number text PRIMARY KEY, total integer NOT NULL)"
        )

    def save(self, order: Order) -> None:
        """Store an order; one of the same number is replaced."""
        self._connection.run(
            "INSERT INTO orders VALUES (:number, :total) "
            "ON CONFLICT (number) DO UPDATE SET total = excluded.total",
            number=order.number,
            total=order.total,
        )

    def find(self, number: str) -> Order | None:
        """Give the order of a number."""
        rows = self._connection.run(
            "SELECT number, total FROM orders WHERE number = :number", number=number
        )
        return Order(*rows[0]) if rows else None

    def turnover(self) -> int:
        """Give the sum of all totals."""
        ((total,),) = self._connection.run("SELECT coalesce(sum(total), 0) FROM orders")
        return int(total)

    def clear(self) -> None:
        """Forget every order."""
        self._connection.run("DELETE FROM orders")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
