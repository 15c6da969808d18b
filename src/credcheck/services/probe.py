"""A vendor's identity call: the `[probe]` table of a service, as frozen data, and its check.

It is asked only with `--probe`, and only for values that are not live: a request that reads, is
documented by the vendor, and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    At = tuple[str | int, ...]

METHODS = ("GET", "POST")
# "aws" is STS GetCallerIdentity, which signs its request
AUTHS = ("bearer", "basic", "header", "aws")
_LOOPBACK = ("http://localhost", "http://127.0.0.1", "http://[::1]")
_STRINGS: tuple[str, ...] = ()


class Probe(NamedTuple):
    """What to ask, and how to read the answer.

    In ``url``, ``user``, ``password`` and ``format``, ``{value}`` is the credential and ``{NAME}``
    the variable of that name in the same environment. ``mode`` and ``error`` are paths into the
    answer's JSON (``data.livemode``, ``0.type``).
    """

    url: str = ""
    sandbox_url: str = ""  # asked first: a value that is accepted there is test, behind it live
    method: str = "GET"
    auth: str = "bearer"
    user: str = "{value}"  # of "basic"
    password: str = ""  # of "basic"
    header: str = ""  # of "header": its name
    format: str = "{value}"  # of "header": its text
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    kinds: tuple[str, ...] = ()  # the kinds that it can ask for; none named: all
    ok: str = ""  # where the answer says ``true`` if the key is good
    accepted: str = "unknown"  # the mode of every key that is accepted
    mode: str = ""
    test: tuple[object, ...] = ()  # what stands at ``mode`` for a test key
    live: tuple[object, ...] = ()
    rejected: tuple[int, ...] = (401,)  # statuses
    error: str = ""
    test_errors: tuple[object, ...] = ()  # what stands at ``error`` where only a test key gets it
    rejected_errors: tuple[object, ...] = ()
    expired_errors: tuple[object, ...] = ()
    source: str = ""  # the vendor's page


PROBE_KEYS: dict[str, object] = {
    "url": "", "sandbox-url": "", "method": METHODS, "auth": AUTHS, "user": "", "password": "",
    "header": "", "format": "", "headers": {}, "body": "", "kinds": _STRINGS, "ok": "",
    "accepted": ("unknown", "test", "live"), "mode": "", "test": [], "live": [], "rejected": [],
    "error": "", "test-errors": [], "rejected-errors": [], "expired-errors": [], "source": "",
}  # fmt: skip


def check_probe(row: Mapping[str, Any], kinds: Sequence[object]) -> Iterator[tuple[At, str]]:
    """Give what the types alone do not show: the path to a key, and a sentence."""
    if row.get("auth") == "header" and not row.get("header"):
        yield ("header",), "is missing, and auth = 'header' needs it"
    if row.get("auth") == "aws":
        return
    if not row.get("url"):
        yield ("url",), "is missing"
    for key in ("url", "sandbox-url"):
        url = str(row.get(key, ""))
        if url and not url.startswith(("https://", *_LOOPBACK)):
            yield (key,), "must begin with https://, or lead to this machine"
    named = row.get("kinds", ())
    for number, name in enumerate(named if isinstance(named, list) else ()):
        if name not in kinds:
            yield ("kinds", number), "names no kind of the service"


def parse_probe(row: Mapping[str, Any]) -> Probe:
    """Make a probe from its table, which has been checked."""
    plain = {"url", "method", "auth", "user", "password", "header", "format", "body", "mode"}
    fields: dict[str, Any] = {}
    for key, value in row.items():
        name = key.replace("-", "_")
        if key == "headers":
            fields[name] = tuple((str(header), str(text)) for header, text in value.items())
        elif key in plain or isinstance(value, str):
            fields[name] = value
        else:
            fields[name] = tuple(value)
    return Probe(**fields)


def in_words(probe: Probe) -> str:
    """Say what is asked."""
    if probe.auth == "aws":
        return "GetCallerIdentity of STS"
    addresses = " and then ".join(url for url in (probe.sandbox_url, probe.url) if url)
    return f"{probe.method} {addresses}"


def load_probe(service_id: str, own: Mapping[str, Any] | None = None) -> Probe | None:
    """Give the identity call of a service, or None where none is known.

    Args:
        service_id: the service.
        own: the project's own table of that service; the shipped file counts where it has no probe.
    """
    if own is not None and "probe" in own:
        return parse_probe(own["probe"])
    import tomllib
    from pathlib import Path

    path = Path(__file__).parent / f"{service_id}.toml"
    if not path.is_file():
        return None
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return parse_probe(table["probe"]) if "probe" in table else None
