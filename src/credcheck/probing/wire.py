"""One request by urllib, within a deadline; nothing of it or of its answer is ever in a message."""

from __future__ import annotations

import json
import socket
import ssl
from http.client import HTTPException
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
)
from urllib.request import proxy_bypass_environment as bypasses  # type: ignore[attr-defined]

from credcheck.classifier.hosts import is_loopback_host

if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPMessage

    from credcheck.sources.deadline import Deadline

MAX_BYTES = 1_000_000
_CHUNK = 65_536


class NoAnswer(Exception):
    """There was no answer that can be used; ``reason`` says why, and nothing of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Answer(NamedTuple):
    """The status, and the JSON; None where it was none."""

    status: int
    data: Any


def send(
    url: str,
    *,
    method: str,
    headers: Mapping[str, str],
    body: str,
    environ: Mapping[str, str],
    deadline: Deadline,
) -> Answer:
    """Send one request and read its answer, at most 1 MB.

    Raises:
        NoAnswer: it could not be reached, took too long, or led to another host.
    """
    data = body.encode() if method == "POST" else None
    request = Request(url, data=data, headers=dict(headers), method=method)  # noqa: S310  # checked
    secure = [HTTPSHandler(context=_trust(environ))] if url.startswith("https:") else []
    opener = build_opener(ProxyHandler(proxies_for(url, environ)), _SameHost(), *secure)
    try:
        with opener.open(request, timeout=max(0.001, deadline.left())) as response:
            return Answer(response.status, _parsed(_read(response, deadline)))
    except HTTPError as error:  # every status from 300 on; it is an answer too
        with error:
            return Answer(error.code, _parsed(_read(error, deadline)))
    except NoAnswer:
        raise
    except Exception as error:  # noqa: BLE001  # whatever it says may hold the request
        raise NoAnswer(_why(error)) from None


def _read(response: IO[bytes], deadline: Deadline) -> bytes:
    """Read a body piece by piece, so that one that drips ends with the deadline."""
    found = b""
    while True:
        if not deadline.left():
            raise NoAnswer("the answer did not end in time")
        try:
            chunk = response.read1(_CHUNK) if hasattr(response, "read1") else response.read(_CHUNK)
        except (OSError, HTTPException) as error:
            raise NoAnswer(_why(error)) from None
        if not chunk:
            return found
        found += chunk
        if len(found) > MAX_BYTES:
            raise NoAnswer(f"the answer has more than {MAX_BYTES:,} bytes")


def _parsed(body: bytes) -> Any:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict | list) else None


class _SameHost(HTTPRedirectHandler):
    """Follows a redirect to the same place only: the key goes nowhere else."""

    def redirect_request(  # noqa: PLR0917  # as the library calls it
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if (before.scheme, before.netloc) != (after.scheme, after.netloc):
            fp.close()
            raise NoAnswer("it leads to another host")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def proxies_for(url: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Give the proxy of an address, as the usual variables say; none for this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    low = {name.lower(): value for name, value in environ.items() if value}
    if "REQUEST_METHOD" in environ:
        low.pop("http_proxy", None)  # in a CGI program a client sets it: CVE-2016-1000110
    proxy = low.get(f"{parts.scheme}_proxy") or low.get("all_proxy", "")
    if not proxy or is_loopback_host(host):
        return {}
    if bypasses(parts.netloc, {"no": low.get("no_proxy", "")}):
        return {}
    return {parts.scheme: proxy}


def _trust(environ: Mapping[str, str]) -> ssl.SSLContext:
    """Trust what the system trusts, or the file that the usual variables name."""
    named = next(filter(None, map(environ.get, ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"))), None)
    try:
        return ssl.create_default_context(cafile=named)
    except (OSError, ssl.SSLError):
        raise NoAnswer("the file of trusted certificates cannot be read") from None


def _why(error: BaseException) -> str:
    """Say in words of ours why there is no answer."""
    cause = error.reason if isinstance(error, URLError) else error
    reasons: tuple[tuple[type[BaseException], str], ...] = (
        (ssl.SSLCertVerificationError, "its certificate is not trusted here"),
        (ssl.SSLError, "it does not speak TLS as expected"),
        (socket.gaierror, "its name is not known here"),
        (TimeoutError, "it did not answer in time"),
        (ConnectionRefusedError, "it refuses the connection"),
        (OSError, "the connection to it broke"),
        (HTTPException, "it does not speak HTTP as expected"),
    )
    for kind, words in reasons:
        if isinstance(cause, kind):
            return words
    return "it could not be asked"
