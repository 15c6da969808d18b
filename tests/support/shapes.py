"""Values that have a given shape, at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.services.shape import ALPHABETS
from support.cases import Maker

if TYPE_CHECKING:
    from credcheck.services import Form
    from credcheck.services.shape import Shape

_LONGEST = 40  # of a piece without an upper bound, beyond its least length
_PLAIN = ALPHABETS["base62"]


def fill(form: Form, seed: object) -> str:
    """Give a value of a form: its prefix, and a tail of its shape without words and runs."""
    return form.prefix + _fill(form.tail, Maker(seed))


def _fill(shape: Shape, maker: Maker) -> str:
    text = ""
    for literal, alphabet, least, most in shape.pieces:
        length = maker.random.randint(least, min(most, least + _LONGEST))
        # of the widest alphabets the plain part: quotes and brackets are another test's matter
        letters = alphabet if 0 < len(alphabet) < 80 else _PLAIN
        text += literal if literal is not None else maker.tail(length, letters)
    return text
