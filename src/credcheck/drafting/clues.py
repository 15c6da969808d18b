"""What was found about one variable, and where."""

from __future__ import annotations

import re
from typing import NamedTuple

from credcheck.classifier import live_marker

_LONGEST = 160
_ADDRESS = re.compile(r"https://[\w.\-]+(?:/[A-Za-z0-9_.\-/#]*)?")


class Clue(NamedTuple):
    """One place that speaks of a variable; it never holds a value.

    ``test`` is the test module that reads it, relative to the root, where it is one.
    """

    name: str
    where: str
    test: str | None = None
    service: str | None = None
    description: str | None = None
    obtain: str | None = None
    vault: str | None = None
    aws: str | None = None
    keyring: str | None = None
    file: bool = False
    is_live: bool = False  # what stands there is a production credential


def prose(text: str) -> str | None:
    """Give a comment that may be copied; None for one that could hold a credential."""
    words = " ".join(text.split()).strip("#- ")
    if not words or len(words) > _LONGEST or not words.isprintable() or live_marker(words):
        return None
    if any(_is_suspicious(word) for word in words.split()):
        return None
    return words


def _is_suspicious(word: str) -> bool:
    """Tell whether a word could be a credential: long, or a mixture."""
    if _ADDRESS.fullmatch(word.strip("()<>.,;")):
        return False
    digits = sum(char.isdigit() for char in word)
    large = sum(char.isupper() for char in word)
    mixed = large > 4 and sum(char.islower() for char in word) > 2
    return len(word) > 24 or (len(word) > 11 and (digits > 1 or mixed))


def address(text: str) -> str | None:
    """Give the first address in a comment, if it is one that a person can open."""
    found = _ADDRESS.search(text)
    return found[0].rstrip(".,") if found and prose(found[0]) else None
