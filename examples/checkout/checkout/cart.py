"""What a customer buys, and what it costs. Amounts are integers, in cents."""

from __future__ import annotations

from dataclasses import dataclass, field

SHIPPING = 490
FREE_SHIPPING_FROM = 5_000


@dataclass(frozen=True, slots=True)
class Line:
    """One article of a cart, and how many of it."""

    sku: str
    name: str
    unit_price: int
    quantity: int = 1

    def __post_init__(self) -> None:
        if self.unit_price < 0:
            raise ValueError(f"the price of {self.sku} is below zero")
        if self.quantity < 1:
            raise ValueError(f"the quantity of {self.sku} must be at least 1")

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


@dataclass(slots=True)
class Cart:
    """The lines of one order, a voucher, and the sums."""

    currency: str = "eur"
    discount_percent: int = 0
    _lines: dict[str, Line] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(self._lines.values())

    def add(self, sku: str, name: str, unit_price: int, quantity: int = 1) -> None:
        """Put an article in; more of an article that is there already adds up."""
        present = self._lines.get(sku)
        if present is not None:
            quantity += present.quantity
        self._lines[sku] = Line(sku, name, unit_price, quantity)

    def remove(self, sku: str) -> None:
        """Take an article out; a ``KeyError`` if it is not there."""
        del self._lines[sku]

    def apply_voucher(self, percent: int) -> None:
        """Take a percentage off the articles, not off the shipping."""
        if not 0 < percent <= 100:
            raise ValueError("a voucher takes off between 1 and 100 percent")
        self.discount_percent = percent

    @property
    def subtotal(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def discount(self) -> int:
        """What the voucher takes off, rounded down to a whole cent."""
        return self.subtotal * self.discount_percent // 100

    @property
    def shipping(self) -> int:
        if not self._lines or self.subtotal - self.discount >= FREE_SHIPPING_FROM:
            return 0
        return SHIPPING

    @property
    def total(self) -> int:
        return self.subtotal - self.discount + self.shipping
