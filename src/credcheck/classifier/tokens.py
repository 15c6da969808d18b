"""What stands inside JSON Web Tokens and macaroons: read, never verified.

Only the fields that the format or the vendor defines are evidence: the issuer, the audience, a
`livemode`, the location of a macaroon.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from credcheck.classifier.documents import leaves, parse_json
from credcheck.classifier.hosts import canonical_host
from credcheck.classifier.place import Place, first_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# A JSON object in base64, as every header is; or a macaroon of version 2 with its location.
_TOKEN = re.compile(r"(?:eyJ|AgE)[A-Za-z0-9_\-.]{8,300000}")
_JWT = "eyJ"
MARKS = ("eyJ", "AgE")
_MOST_TRIES = 20_000
_LONGEST_LOCATION = 256
_LONGEST_SEGMENT = 100_000
_MODE_CLAIMS = frozenset(("livemode", "live_mode", "is_live", "islive"))


class Token(NamedTuple):
    """The readable part of one token."""

    structure: str  # "jwt" or "macaroon"
    claims: tuple[tuple[str, str], ...]
    hosts: tuple[str, ...]  # of the issuer and the audience
    whole: bool  # the text is this token and nothing else
    signed: bool
    expires: float | None = None  # seconds since 1970

    @property
    def says_live(self) -> bool:
        """Tell whether the vendor's own field says that it is live."""
        return any(
            name in _MODE_CLAIMS and value.lower() in {"true", "1"} for name, value in self.claims
        )

    @property
    def place(self) -> Place:
        """Its hosts, as a place without a path."""
        return Place(hosts=self.hosts, whole=False)

    def has(self, claim: str) -> bool:
        """Tell whether a claim, written ``name=value``, is in it."""
        name, _, value = claim.partition("=")
        return (name, value) in self.claims

    def has_only(self, claim: str) -> bool:
        """Tell whether a claim is in it, and no other of the same name."""
        name, _, value = claim.partition("=")
        return [found for key, found in self.claims if key == name] == [value]

    def fill(self, template: str) -> str | None:
        """Put claims into a text such as `{ref}.supabase.co`; None where one is missing."""
        for name, value in self.claims:
            template = template.replace(f"{{{name}}}", value)
        return None if "{" in template else template


def read_tokens(text: str) -> Iterator[Token]:
    """Give every token in a text, as far as it can be read."""
    tried: set[str] = set()
    for match in _TOKEN.finditer(text):
        chunk = match[0]
        if chunk in tried:
            continue
        tried.add(chunk)
        if len(tried) > _MOST_TRIES:
            return
        token = _from_jwt(chunk) if chunk.startswith(_JWT) else _from_macaroon(chunk)
        if token is not None:
            yield token._replace(whole=token.whole and match.end() - match.start() == len(text))


def _decode(segment: str) -> bytes:
    from base64 import urlsafe_b64decode

    plain = segment[:_LONGEST_SEGMENT].rstrip("=")
    if len(plain) % 4 == 1:
        return b""
    try:
        return urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
    except ValueError:
        return b""


def _object(segment: str) -> list[tuple[str, str]] | None:
    """Read one segment: the claims of its own level, lists one by one."""
    try:
        data = parse_json(_decode(segment).decode("utf-8"))
    except UnicodeDecodeError:
        return None
    if not isinstance(data, list) or not data or not isinstance(data[0], tuple):
        return None
    return [
        (name, text)
        for name, value in data
        if not (isinstance(value, list) and any(isinstance(item, list | tuple) for item in value))
        for _, text in leaves(value)
    ]


def _from_jwt(chunk: str) -> Token | None:
    head, _, rest = chunk.partition(".")
    body, _, signature = rest.partition(".")
    header, claims = _object(head), _object(body)
    if header is None or claims is None:
        return None
    algorithms = [value.lower() for name, value in header if name == "alg"]
    ends = [_seconds(value) for name, value in claims if name == "exp"]
    return Token(
        structure="jwt",
        claims=tuple(claims),
        hosts=tuple(_hosts(claims)),
        whole="." not in signature,
        signed=bool(signature and algorithms) and "none" not in algorithms,
        expires=min(ends, default=None),
    )


def _seconds(text: str) -> float:
    """Read a time, which may have a fraction; what is no time is long past."""
    try:
        number = float(text[:64])
    except ValueError:
        return 0
    return number if number == number else 0  # noqa: PLR0124 - not a number


def _hosts(claims: list[tuple[str, str]]) -> Iterator[str]:
    for name, value in claims:
        _, is_url, rest = value.partition("://")
        if name == "iss" and not is_url and "." in value:
            rest = value
        if name in {"iss", "aud"} and rest:
            host = rest[: first_of(rest, "/?#\\ ")].rpartition("@")[2].partition(":")[0]
            if host:
                yield canonical_host(host)[0]


def _from_macaroon(chunk: str) -> Token | None:
    """Read the location: a byte 2, a byte 1, a length, and so many bytes.

    Source: https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt
    """
    head = chunk.partition(".")[0][:_LONGEST_LOCATION]
    data = _decode(head[: len(head) // 4 * 4])
    length = data[2] if data[:2] == b"\x02\x01" and len(data) > 3 else 0
    if not 0 < length < 128 or len(data) < 3 + length:
        return None
    location = data[3 : 3 + length].decode("latin-1")
    host = canonical_host(location.partition("://")[2] or location)[0]
    return Token("macaroon", (("location", location),), (host,), whole=True, signed=True)
