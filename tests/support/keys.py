"""Key-shaped strings, built from pieces so that no whole one is ever committed."""

from __future__ import annotations

import random
import string

ALNUM = string.ascii_letters + string.digits


def tail(length: int, alphabet: str = ALNUM, seed: int = 7) -> str:
    """Random characters without three equal ones in a row."""
    rng = random.Random(f"{seed}-{length}-{alphabet}")
    text = ""
    while len(text) < length:
        char = rng.choice(alphabet)
        if not text.endswith(char * 2):
            text += char
    return text


def stripe_test(seed: int = 7) -> str:
    return "sk_" + "test_" + tail(24, seed=seed)


def stripe_live(seed: int = 7) -> str:
    return "sk_" + "live_" + tail(24, seed=seed)


def sendgrid(seed: int = 7) -> str:
    urlsafe = ALNUM + "-_"
    return "SG" + "." + tail(22, urlsafe, seed) + "." + tail(43, urlsafe, seed)


def aws_key_id(account: str, prefix: str = "AKIA") -> str:
    """An access key id that holds ``account`` (see the layout in the AWS classifier)."""
    symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    number = (1 << 44) | (int(account) << 4) | 7
    head = "".join(symbols[(number >> (5 * (8 - i))) & 31] for i in range(9))
    return prefix + head + tail(7, symbols)
