"""Readers of single values: each gives the value as the model holds it, or notes the mistake.

A reader takes the scope, the key path and the value; it gives None after it noted a mistake.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from credcheck.manifest.scope import quoted
from credcheck.model import CONTEXT_KINDS, Policies

if TYPE_CHECKING:
    from collections.abc import Callable

    from credcheck.manifest.scope import At, Scope
    from credcheck.model import Policy

    Reader = Callable[[Scope, At, object], object]

_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
AUTH_METHODS = ("token", "approle", "jwt", "kubernetes", "userpass", "aws")


def is_variable(name: str) -> bool:
    """Tell whether a name can be that of an environment variable."""
    return name.isascii() and name.isidentifier()


def is_one_line(value: str) -> bool:
    """Tell whether a text holds no line break, control or direction character."""
    if value.isprintable():
        return True
    return not any(
        ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029" or c in _BIDI for c in value
    )


def text(scope: Scope, at: At, value: object) -> str | None:
    """Read a text of one line that is not blank."""
    if not isinstance(value, str):
        scope.expected(at, "a text", value)
    elif not value.strip():
        scope.wrong(at, "the text is blank; leave the key out")
    elif not is_one_line(value):
        scope.wrong(at, "expected one line of text without control characters")
    else:
        return value
    return None


def flag(scope: Scope, at: At, value: object) -> bool | None:
    """Read true or false."""
    if isinstance(value, bool):
        return value
    scope.expected(at, "true or false", value)
    return None


def seconds(scope: Scope, at: At, value: object) -> float | None:
    """Read a time in seconds: a finite number above zero."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        scope.expected(at, "a number of seconds", value)
        return None
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if 0 < number < float("inf"):  # not true for nan either
        return number
    scope.wrong(at, "expected a finite number of seconds above 0")
    return None


def count(scope: Scope, at: At, value: object) -> int | None:
    """Read a number of tests: a whole number, 0 or more."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    scope.expected(at, "a whole number, 0 or more", value)
    return None


def context(scope: Scope, at: At, value: object) -> str | None:
    """Read who is running."""
    return scope.word(at, value, CONTEXT_KINDS)


def day(scope: Scope, at: At, value: object) -> str | None:
    """Read a day, as TOML's own date or as a text; give it as a text that can be compared."""
    written = value if isinstance(value, str) else getattr(value, "isoformat", str)()
    year, _, rest = written.partition("-")
    month, _, number = rest.partition("-")
    parts = (year, month, number)
    if [len(part) for part in parts] == [4, 2, 2] and all(p.isdecimal() for p in parts):
        return written
    scope.expected(at, "a day (2026-12-31)", value)
    return None


def suite(scope: Scope, at: At, value: object) -> str | None:
    """Read the name of a suite that the manifest declares."""
    name = text(scope, at, value)
    if name is not None and scope.suites is not None and name not in scope.suites:
        scope.unknown(at, "suite", scope.suites, name)
    return name


def url(scope: Scope, at: At, value: object) -> str | None:
    """Read an http(s) address that holds no user name or password."""
    address = text(scope, at, value)
    if address is None:
        return None
    scheme, mark, rest = address.partition("://")
    host = rest.replace("?", "/").replace("#", "/").partition("/")[0]
    if scheme.lower() not in {"http", "https"} or not mark or not host:
        scope.wrong(at, "expected an address that begins with https:// or http://")
    elif "@" in host:
        scope.wrong(at, "an address must not hold a user name or password")
    else:
        return address
    return None


def place_in_vault(scope: Scope, at: At, value: object) -> str | None:
    """Read ``mount/path#field``, with ``?version=3`` before the field."""
    from credcheck.places import parse_vault

    return _place(scope, at, value, parse_vault)


def place_in_aws(scope: Scope, at: At, value: object) -> str | None:
    """Read ``id#field`` or an id alone, with ``?version=`` or ``?stage=`` before the field."""
    from credcheck.places import parse_aws

    return _place(scope, at, value, parse_aws)


def _place(scope: Scope, at: At, value: object, parse: Callable[[str], object]) -> str | None:
    place = text(scope, at, value)
    if place is None:
        return None
    try:
        parse(place)
    except ValueError as error:
        scope.wrong(at, str(error))
        return None
    return place


def service(scope: Scope, at: At, value: object) -> str | None:
    """Read the id of a service that is shipped or stands in the manifest."""
    name = text(scope, at, value)
    if name is not None and scope.services is not None and name not in scope.services:
        scope.unknown(at, "service", scope.services, name, "; `credcheck services` lists them")
    return name


def auth(scope: Scope, at: At, value: object) -> str | None:
    """Read a way to sign in to Vault."""
    return scope.word(at, value, AUTH_METHODS)


def ambient(scope: Scope, at: At, value: object) -> str | None:
    """Read what to do about live keys under undeclared names."""
    return scope.word(at, value, ("off", "warn", "refuse"))


def policies(scope: Scope, at: At, value: object) -> Policies | None:
    """Read `skip` or `fail`, for all contexts or per context; what is left out keeps its default.

    The default is the model's at the top level, and in a suite what the top level says.
    """
    words = ("skip", "fail")
    if isinstance(value, dict):
        for key in value:
            if key not in CONTEXT_KINDS:
                scope.unknown((*at, key), "context", CONTEXT_KINDS)
        given = {kind: value[kind] for kind in CONTEXT_KINDS if kind in value}
        read = {kind: scope.word((*at, kind), word, words) for kind, word in given.items()}
        kept = {kind: cast("Policy", word) for kind, word in read.items() if word is not None}
        return scope.policies[str(at[-1])]._replace(**kept)
    if isinstance(value, str):
        word = scope.word(at, value, words)
        return None if word is None else Policies(*[cast("Policy", word)] * len(CONTEXT_KINDS))
    scope.expected(at, '"skip", "fail" or a table of contexts', value)
    return None


def list_of(reader: Reader, what: str) -> Reader:
    """Make a reader of lists."""

    def read(scope: Scope, at: At, value: object) -> tuple[object, ...] | None:
        if not isinstance(value, list):
            scope.expected(at, f"a list of {what}", value)
            return None
        items = [reader(scope, (*at, index), item) for index, item in enumerate(value)]
        return tuple(item for item in items if item is not None)

    return read


def source(scope: Scope, at: At, value: object) -> str | None:
    """Read the name of a source."""
    name = text(scope, at, value)
    if name is not None and name not in scope.sources:
        scope.unknown(at, "source", scope.sources, name)
    return name


def sources(scope: Scope, at: At, value: object) -> object:
    """Read the asking order."""
    if value == []:
        scope.wrong(at, "the list is empty: no source would be asked")
    if isinstance(value, list):
        for index, name in enumerate(value):
            if isinstance(name, str) and name in scope.sources and name in value[:index]:
                scope.wrong((*at, index), f"{quoted(name)} stands in the list twice")
    return list_of(source, "source names")(scope, at, value)


def variable(scope: Scope, at: At, value: object) -> str | None:
    """Read the name of an environment variable."""
    name = text(scope, at, value)
    if name is None or is_variable(name):
        return name
    scope.wrong(at, "expected the name of an environment variable (letters, digits, _)")
    return None


def secret(scope: Scope, at: At, value: object) -> str | None:
    """Read the name of a secret that the manifest declares."""
    name = text(scope, at, value)
    if name is None or scope.secrets is None or name in scope.secrets:
        return name
    if name in scope.aliases:
        owner = scope.aliases[name]
        scope.wrong(at, f"{quoted(name)} is an alias; name the secret {quoted(owner)}")
    else:
        scope.unknown(at, "secret", scope.secrets, name)
    return None


def group(scope: Scope, at: At, value: object) -> object:
    """Read one group of `any-of`: at least one declared secret."""
    if value == []:
        scope.wrong(at, "the group is empty: nothing could satisfy it")
        return None
    if isinstance(value, str):
        scope.expected(at, 'a list of secret names (any-of = [["A", "B"]])', value)
        return None
    return list_of(secret, "secret names")(scope, at, value)


def suite_path(scope: Scope, at: At, value: object) -> str | None:
    """Read a file or folder below the manifest's folder; forward slashes."""
    path = text(scope, at, value)
    if path is None:
        return None
    parts = path.split("/")
    if "\\" in path:
        scope.wrong(at, "expected forward slashes")
    elif path.startswith("/") or path[1:2] == ":":
        scope.wrong(at, "expected a path relative to the manifest's folder")
    elif ".." in parts:
        scope.wrong(at, "the path must stay inside the manifest's folder")
    else:
        return "/".join(part for part in parts if part not in {"", "."}) or "."
    return None


def account(scope: Scope, at: At, value: object) -> str | None:
    """Read an AWS account number; accounts are compared as texts, so a wrong length fits none."""
    number = text(scope, at, value)
    if number is None or (number.isascii() and number.isdecimal()):
        return number
    scope.wrong(at, 'expected an account number, as a text of 12 digits ("111111111111")')
    return None


def fingerprint(scope: Scope, at: At, value: object) -> str | None:
    """Read a line that `credcheck fingerprint` printed."""
    line = text(scope, at, value)
    if line is None or (line.startswith("scrypt:") and line != "scrypt:"):
        return line
    scope.wrong(at, 'expected a fingerprint ("scrypt:…"), as `credcheck fingerprint` prints it')
    return None
