"""What scrubbing costs: the index, captured output like that of real tests, and near misses."""

from __future__ import annotations

import random
import time
from string import ascii_letters, ascii_lowercase, digits
from typing import TYPE_CHECKING

from measuring import Row

from credcheck import Scrubber

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MEGABYTE = 1_000_000
WORDS = """
    GET POST /api/v1/orders handler request response status session connected closing retry
    database query SELECT id FROM WHERE customer_id user agent Mozilla/5.0 application/json
    charset=utf-8 test_payment_is_refused PASSED assert result == expected Traceback File line
    in _call_with raise ValueError timeout=30 connection pool size elapsed ms bytes
"""


def rows(runs: int) -> list[Row]:
    """Measure with ten, a hundred and a thousand secrets; seconds or megabytes a second."""
    made = []
    for number in (10, 100, 1_000):
        secrets = values(number)
        build, _ = prepared(secrets)
        text = output(20 * MEGABYTE, secrets)
        for engine in ("words", "automaton"):
            _, scrubber = prepared(secrets, engine)
            spent = fastest(lambda s=scrubber, t=text: s.data(t), runs)  # type: ignore[misc]
            speed = len(text) / spent / MEGABYTE
            what = f"20 MB of output, {number:,} secrets, {engine}"
            if number == 10:
                made.append(Row(what, spent, 1, " s", f"{speed:.0f} MB/s"))
            elif engine == "automaton":
                made.append(Row(what, speed, 200, " MB/s", f"{spent:.2f} s"))
        _, scrubber = prepared(secrets)
        near = near_misses(MEGABYTE, secrets)
        speed = 1 / fastest(lambda s=scrubber, t=near: s.data(t), min(runs, 3))  # type: ignore[misc]
        made.append(Row("… nothing but near misses", speed, None, " MB/s", "text made to be slow"))
        made.append(Row("… the index", build * 1000, None, " ms", f"{number:,} secrets, once"))
    return made


def prepared(secrets: Sequence[str], engine: str | None = None) -> tuple[float, Scrubber]:
    """Make a scrubber with its index; the seconds that the index took."""
    scrubber = Scrubber(engine)
    for number, value in enumerate(secrets):
        scrubber.add(f"SECRET_{number}", value)
    begin = time.process_time()
    scrubber.index()
    return time.process_time() - begin, scrubber


def fastest(work: Callable[[], object], runs: int) -> float:
    """Give the least processor time of some runs; seconds."""
    spent = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        spent.append(time.process_time() - begin)
    return min(spent)


def values(number: int) -> list[str]:
    """Make secrets as projects have them: keys, tokens, addresses, hexadecimal, JWTs."""
    chance = random.Random(3)

    def tail(length: int, letters: str = ascii_letters + digits) -> str:
        return "".join(chance.choices(letters, k=length))

    kinds: list[Callable[[], str]] = [
        lambda: f"sk_{'test'}_{tail(24)}",
        lambda: f"ghp{'_'}{tail(36)}",
        lambda: f"postgresql://app:{tail(20)}@db.example.com:5432/app",
        lambda: tail(40, digits + "abcdef"),
        lambda: tail(40, ascii_letters + digits + "+/"),
        lambda: f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{tail(120)}.{tail(43)}",
    ]
    return [kinds[count % len(kinds)]() for count in range(number)]


def output(size: int, secrets: Sequence[str]) -> bytes:
    """Write a log with times, ids in hexadecimal and base64, and a secret here and there."""
    chance = random.Random(5)
    words = WORDS.split()
    lines: list[str] = []
    while len(lines) < 20_000:  # repeated afterwards: making it takes longer than scrubbing it
        number = len(lines)
        hour, minute, second = number // 3600 % 24, number // 60 % 60, number % 60
        head = f"2026-11-24T{hour:02}:{minute:02}:{second:02}.{chance.randint(0, 999):03}Z"
        level, port = chance.choice(("INFO", "DEBUG", "WARNING")), chance.randint(100, 9999)
        line = f"{head} {level} app.orders[{port}]: {' '.join(chance.choices(words, k=10))}"
        if number % 10 == 0:
            line += f" request_id={chance.getrandbits(128):032x}"
        if number % 20 == 1:
            line += f" etag={''.join(chance.choices(ascii_lowercase + digits, k=22))}"
        if number % 2_000 == 2:
            line += f" key={chance.choice(secrets)}"
        lines.append(line)
    text = "\n".join(lines).encode()
    return (text * (size // len(text) + 1))[:size]


def near_misses(size: int, secrets: Sequence[str]) -> bytes:
    """Write seven characters of a secret, again and again: all are looked at, none is masked."""
    chance = random.Random(9)
    pieces = []
    for _ in range(size // 8):
        value = chance.choice(secrets)
        begin = chance.randint(0, len(value) - 8)
        pieces.append(value[begin : begin + 7] + "~")
    return "".join(pieces).encode()
