"""The pieces of classifier_cases.toml and of the services' examples, made into values."""

from __future__ import annotations

import base64
import gzip
import random
import string
import uuid
import zlib
from typing import TYPE_CHECKING, Any

from support.keys import aws_key_id

if TYPE_CHECKING:
    from collections.abc import Sequence

ALPHABETS = {
    "alnum": string.ascii_letters + string.digits,
    "hex": "0123456789abcdef",
    "upper_hex": "0123456789ABCDEF",
    "lower": string.ascii_lowercase,
    "digits": string.digits,
    "upper_alnum": string.ascii_uppercase + string.digits,
    "lower_alnum": string.ascii_lowercase + string.digits,
    "urlsafe": string.ascii_letters + string.digits + "-_",
    "base32": string.ascii_uppercase + "234567",
    "base32_lower": string.ascii_lowercase + "234567",
}
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_WORDS = ("live", "test", "prod", "xxx")


class Maker:
    """Makes values; ``generated`` keeps the random parts, which nothing may print."""

    def __init__(self, seed: object = 0) -> None:
        self.random = random.Random(str(seed))
        self.generated: list[str] = []

    def value(self, pieces: Sequence[Any]) -> str:
        return "".join(self.piece(piece) for piece in pieces)

    def piece(self, piece: Any) -> str:
        if isinstance(piece, str):
            return piece
        ((kind, given),) = piece.items()
        if kind in ALPHABETS:
            return self.keep(self.tail(given, ALPHABETS[kind]))
        made: str = getattr(self, f"_{kind}")(given)
        return made

    def keep(self, text: str) -> str:
        self.generated.append(text)
        return text

    def tail(self, length: int, alphabet: str) -> str:
        """No run of three equal characters, no sequence, no word."""
        text = ""
        while len(text) < length:
            grown = text + self.random.choice(alphabet)
            low = grown.lower()
            runs = len(grown) > 2 and abs(ord(grown[-1]) - ord(grown[-2])) < 2
            if runs or any(low.endswith(word) for word in _WORDS):
                continue
            text = grown
        return text

    def _uuid(self, _: bool) -> str:
        return self.keep(str(uuid.UUID(int=self.random.getrandbits(128), version=4)))

    def _repeat(self, given: tuple[str, int]) -> str:
        return given[0] * given[1]

    def _base64(self, pieces: Sequence[Any]) -> str:
        return base64.b64encode(self.value(pieces).encode()).decode()

    def _base64_bare(self, pieces: Sequence[Any]) -> str:
        return self._base64(pieces).rstrip("=")

    def _base64_shifted(self, given: Sequence[Any]) -> str:
        letters = self.tail(given[0], string.ascii_letters)
        return base64.b64encode((letters + self.value(given[1:])).encode()).decode()

    def _hex_of(self, pieces: Sequence[Any]) -> str:
        return self.value(pieces).encode().hex()

    def _blob(self, kind: str) -> str:
        data = self.random.randbytes(64 if kind == "key64" else 200)
        return base64.b64encode(gzip.compress(data) if kind == "gzip" else data).decode()

    def _crc_token(self, prefix: str) -> str:
        return self._token(prefix, 0)

    def _crc_token_wrong(self, prefix: str) -> str:
        return self._token(prefix, 1)

    def _token(self, prefix: str, off: int) -> str:
        body = self.tail(30, ALPHABETS["alnum"])
        number, digits = zlib.crc32(body.encode()) + off, ""
        for _ in range(6):
            number, rest = divmod(number, 62)
            digits = _BASE62[rest] + digits
        return prefix + self.keep(body) + digits

    def _aws_id(self, given: tuple[str, str]) -> str:
        return aws_key_id(given[1], given[0])

    def _aws_old_id(self, prefix: str) -> str:
        return (
            prefix
            + self.random.choice(string.ascii_uppercase[:16])
            + self.tail(15, ALPHABETS["base32"])
        )

    def _jwt(self, given: tuple[str, str]) -> str:
        parts = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in given]
        return ".".join([*parts, self.tail(43, ALPHABETS["urlsafe"])])
