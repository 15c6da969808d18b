"""What one verdict costs, and how that grows with the length of a hostile text."""

from __future__ import annotations

import random
import time
from statistics import median
from string import ascii_letters, digits
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MEGABYTE = 1_000_000
_LETTERS = random.Random(7)
ALNUM = "".join(_LETTERS.choices(ascii_letters + digits, k=2 * MEGABYTE))
HOSTILE: dict[str, Callable[[int], str]] = {
    "letters": lambda size: ALNUM[:size],
    "a comma list": lambda size: repeated("a,", size),
    "commas": lambda size: repeated(",", size),
    "many hosts": lambda size: "".join(f"h{n}:1," for n in range(size // 8))[:size],
    "addresses": lambda size: "".join(f"a://h{n}/b " for n in range(size // 12))[:size],
    "keys and values": lambda size: repeated("host='a';", size),
    "percent escapes": lambda size: repeated("%41", size),
    "expanding letters": lambda size: repeated("\ufdfa", size),
    "invisible letters": lambda size: repeated("\u200ba", size),
    "brackets": lambda size: repeated('{"a":', size),
    "tokens": lambda size: repeated("eyJhbGciOiJ9.", size),
    "base64 words": lambda size: repeated("QUJDREVGR0hJ ", size),
    "markers": lambda size: repeated("sk_", size),
}
SERVICES = (None, "stripe", "database_url", "checkout_com")


def repeated(text: str, size: int) -> str:
    return (text * (size // len(text) + 1))[:size]


def warm(runs: int) -> tuple[float, str]:
    """Measure one verdict of typical values with every service loaded; microseconds."""
    from credcheck.classifier import classify
    from credcheck.services import all_services

    list(all_services())
    values = {
        "stripe": "sk_" + "test_" + ALNUM[:24],
        "sendgrid": "SG." + ALNUM[:22] + "." + ALNUM[:43],
        "github": "ghp_" + ALNUM[:36],
        "aws": ALNUM[:40],
        "mollie": "test_" + ALNUM[:30],
        "paypal": "A" + ALNUM[:79],
    }
    spent: dict[str, float] = {}
    for service, value in values.items():
        times = []
        for _ in range(runs):
            begin = time.perf_counter()
            for _ in range(300):
                classify(value, service)
            times.append((time.perf_counter() - begin) / 300)
        spent[service] = min(times) * 1e6
    worst = max(spent, key=spent.__getitem__)
    return spent[worst], f"the slowest: {worst}; median {median(spent.values()):.0f} us"


def growth(runs: int) -> tuple[float, str, float]:
    """Measure 2 MB against 1 MB of hostile texts; the worst ratio, its text, the worst seconds."""
    from credcheck.classifier import classify

    ratios: dict[str, float] = {}
    slowest = 0.0
    for name, make in HOSTILE.items():
        one, two = make(MEGABYTE), make(2 * MEGABYTE)
        for service in SERVICES:
            times: dict[str, list[float]] = {one: [], two: []}
            for _ in range(runs):
                for text, spent in times.items():
                    begin = time.perf_counter()
                    classify(text, service)
                    spent.append(time.perf_counter() - begin)
            ratios[f"{name}, {service}"] = min(times[two]) / min(times[one])
            slowest = max(slowest, min(times[two]))
    worst = max(ratios, key=ratios.__getitem__)
    return ratios[worst], worst, slowest
