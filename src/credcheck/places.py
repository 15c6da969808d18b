"""Where a secret lies in a remote source, as the manifest writes it; pure.

``mount/path#field`` or ``mount/path?version=3#field`` for Vault; ``id#field``,
``id?version=UUID#field`` or ``id?stage=AWSPREVIOUS#field`` for AWS, with a name or an ARN as id.
"""

from __future__ import annotations

from typing import NamedTuple

AWS_SUFFIX = 7  # AWS puts a hyphen and six random characters behind the name in an ARN


class Place(NamedTuple):
    """A place in parts; ``option`` is the version or stage, by the name in ``which``."""

    path: str
    field: str | None = None
    which: str = ""
    option: str = ""

    @property
    def whole(self) -> str:
        """Give the place without its field: what is read once, however many fields are wanted."""
        return f"{self.path}?{self.which}={self.option}" if self.which else self.path


def parse_vault(text: str) -> Place:
    """Read a place in Vault.

    Raises:
        ValueError: it is not one; the message is a sentence without it.
    """
    place = _parse(text, ("version",))
    place = place._replace(path=place.path.strip("/"))
    parts = place.path.split("/")
    if len(parts) < 2 or not all(part.strip() for part in parts):
        raise ValueError('expected "mount/path#field"')
    if {".", ".."} & set(parts):  # they would be resolved on the way, behind the back of `refuse`
        raise ValueError("a path in Vault has no '.' or '..'")
    if place.which and not (place.option.isascii() and place.option.isdecimal()):
        raise ValueError("expected a number of a version (?version=3)")
    return place


def parse_aws(text: str) -> Place:
    """Read a place in AWS Secrets Manager.

    Raises:
        ValueError: it is not one; the message is a sentence without it.
    """
    place = _parse(text, ("version", "stage"))
    if not place.path.strip("/ "):
        raise ValueError('expected "secret-id#field"')
    arn = place.path.split(":")
    if arn[0] == "arn" and (len(arn) != 7 or arn[2] != "secretsmanager" or not arn[6]):
        raise ValueError("expected the ARN of a secret (arn:aws:secretsmanager:…:secret:name)")
    return place


def _parse(text: str, options: tuple[str, ...]) -> Place:
    whole, mark, field = text.partition("#")
    if mark and not field.strip():
        raise ValueError('there is no field behind "#"')
    path, mark, query = whole.partition("?")
    if not mark and "?" in field and field.partition("?")[2].partition("=")[0] in options:
        raise ValueError("the version stands before the field: path?version=3#field")
    which, _, option = query.partition("=")
    if mark and (which not in options or not option.strip()):
        raise ValueError("expected " + " or ".join(f"?{name}=…" for name in options))
    return Place(path, field or None, which, option)


def spellings(source: str, text: str) -> tuple[str, ...]:
    """Give every way in which `refuse` may write a place, without its field and version."""
    if source == "keyring":
        return (text, text.strip())
    path = text.partition("#")[0].partition("?")[0].strip("/ ")
    if source == "vault":
        return (path, *_without_data(path))
    if source == "aws" and path.startswith("arn:"):
        name = path.split(":", 6)[-1]
        return (path, _without_end(path), name, _without_end(name))
    return (path,)


def pattern_spellings(source: str, pattern: str) -> tuple[str, ...]:
    """Give what a pattern of `refuse` stands for: a folder is everything below it.

    It may be written as the manifest writes a place, with the field, or as the API does.
    """
    if source == "keyring":
        return (pattern,)
    path = pattern.partition("#")[0].strip(" ")
    found = [path.strip("/")]
    if path.endswith("/"):
        found.append(f"{path.strip('/')}/*")
    if source == "vault":
        found += [other for written in found for other in _without_data(written)]
    if source == "aws" and path.startswith("arn:"):
        found.append(_without_end(path))
    return tuple(found)


def _without_data(path: str) -> tuple[str, ...]:
    """Give a path as the command writes it where it may stand as the API of KV version 2 does."""
    parts = path.split("/")
    return tuple(
        "/".join((*parts[:at], *parts[at + 1 :]))
        for at, part in enumerate(parts)
        if at and part == "data"
    )


def _without_end(name: str) -> str:
    end = name[-AWS_SUFFIX:]
    return name[:-AWS_SUFFIX] if end[:1] == "-" and end[1:].isalnum() else name


def account_of(text: str) -> str | None:
    """Give the account in the ARN of a secret; None where the place is no ARN."""
    parts = text.split(":")
    return parts[4] if parts[0] == "arn" and len(parts) > 5 else None
