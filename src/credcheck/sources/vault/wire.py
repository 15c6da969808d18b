"""The wire to Vault: hvac's adapter with our rules for time, redirects, retries and shapes.

This module imports hvac and is itself imported when the first secret is fetched.
"""

from __future__ import annotations

import json
import time
from random import SystemRandom
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import hvac
import requests
from hvac.adapters import RawAdapter
from requests.adapters import HTTPAdapter

from credcheck.model import Denied, Unreachable
from credcheck.sources.deadline import THREADS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.model import Absent
    from credcheck.sources.deadline import Deadline
    from credcheck.sources.vault.settings import Settings

MAX_BYTES = 1_000_000
ATTEMPTS = 3
HOPS = 3  # redirects within the same origin
CONNECT_SECONDS, READ_SECONDS = 3.0, 5.0
BACKOFF_SECONDS, BACKOFF_CAP = 0.2, 2.0

# What can heal by itself. 412: a replica is behind; 473: a performance standby; 503: sealed.
# https://developer.hashicorp.com/vault/api-docs#http-status-codes
_HEALS = frozenset({412, 429, 473, 500, 502, 503, 504})
_MEANINGS = {
    412: "is behind the server that signed us in",
    429: "asks for fewer requests",
    472: "is a disaster recovery secondary, which answers no reads",
    473: "is a performance standby, which passed the request to nobody",
    474: "is a standby that cannot reach its active server",
    501: "is not initialised",
    503: "is sealed or down for maintenance",
    530: "was removed from its cluster",
}


class Fault(Exception):
    """The request came to nothing; ``answer`` says why, in our words."""

    def __init__(self, answer: Denied | Unreachable | Absent) -> None:
        super().__init__(type(answer).__name__)
        self.answer = answer


class Refusal(Exception):
    """Vault answered with 400, 403, 404 or the like; what it said is kept for us alone."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.body = body

    def says(self, *words: str) -> bool:
        """Tell whether one of the errors holds one of these words."""
        errors = self.body.get("errors")
        text = " ".join(map(str, errors)).lower() if isinstance(errors, list) else ""
        return any(word in text for word in words)


def connect(settings: Settings, deadline: Deadline) -> hvac.Client:
    """Make a client without a token; this does no I/O.

    Args:
        settings: which Vault.
        deadline: bounds every request until another is set with :func:`set_deadline`.
    """
    session = requests.Session()
    session.trust_env = False  # no .netrc; proxies and authorities are the settings' matter
    session.verify = settings.verify
    session.cert = settings.cert
    session.proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else {}
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=THREADS))
    if settings.verify is False:
        import warnings

        from urllib3.exceptions import InsecureRequestWarning

        warnings.filterwarnings("ignore", category=InsecureRequestWarning)
    client = hvac.Client(
        url=settings.address,
        token="",  # None would look for one by hvac's own rules
        cert=settings.cert,
        verify=settings.verify,
        session=session,
        adapter=Adapter,
        allow_redirects=False,
        namespace=settings.namespace or None,
    )
    client.adapter.host = settings.host
    set_deadline(client, deadline)
    return client


def set_deadline(client: hvac.Client, deadline: Deadline) -> None:
    """Bound the requests to come."""
    client.adapter.deadline = deadline


class Adapter(RawAdapter):  # type: ignore[misc]
    """Sends hvac's requests; gives parsed answers, or raises :class:`Fault` or :class:`Refusal`."""

    host: str
    deadline: Deadline

    def get_login_token(self, response: Mapping[str, Any]) -> str:
        """Take the token out of the answer to a log-in."""
        auth = response.get("auth")
        token = auth.get("client_token") if isinstance(auth, dict) else None
        if not isinstance(token, str) or not token:
            raise Fault(Unreachable(f"the answer of {self.host} to the log-in holds no token"))
        return token

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        raise_exception: bool = True,  # noqa: ARG002  # hvac's signature
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Send one request, again where that can help, and check the shape of the answer."""
        target = self.urljoin(self.base_uri, url)
        sent = {**(headers or {}), "X-Vault-Request": "true"}
        if self.token:
            sent["X-Vault-Token"] = self.token
        if self.namespace:
            sent["X-Vault-Namespace"] = self.namespace
        body: dict[str, Any] = {name: kwargs[name] for name in ("params", "json") if name in kwargs}
        attempt, hops = 1, 0
        while True:
            try:
                answer = self._send(method, target, sent, body)
            except _Lost as lost:
                if attempt >= ATTEMPTS or not lost.heals:
                    raise Fault(Unreachable(lost.detail, lost.hint)) from None
                self._pause(attempt, None, lost.detail)
                attempt += 1
                continue
            if answer.status in {301, 302, 303, 307, 308}:
                target = self._redirected(target, answer.location)
                hops += 1
                if hops > HOPS:
                    raise Fault(Unreachable(f"{self.host} redirects without end")) from None
                continue
            if answer.status not in _HEALS or attempt >= ATTEMPTS:
                return self._parsed(answer)
            self._pause(attempt, answer.retry_after, self._meaning(answer.status, answer.text))
            attempt += 1

    def _send(
        self, method: str, target: str, headers: Mapping[str, str], body: Mapping[str, Any]
    ) -> _Answer:
        """Send once, and read at most 1 MB."""
        left = self.deadline.left()
        if left <= 0:
            raise Fault(Unreachable(self._too_late())) from None
        try:
            with self.session.request(
                method=method.upper(),
                url=target,
                headers=headers,
                allow_redirects=False,
                stream=True,
                timeout=(min(CONNECT_SECONDS, left), min(READ_SECONDS, left)),
                **body,
            ) as response:
                text = b""
                for chunk in response.iter_content(65_536):
                    text += chunk
                    if len(text) > MAX_BYTES:
                        raise Fault(
                            Unreachable(f"{self.host} answered with more than {MAX_BYTES:,} bytes")
                        ) from None
                    if self.deadline.left() <= 0:
                        raise Fault(Unreachable(self._too_late())) from None
                return _Answer(response.status_code, text, response.headers)
        except requests.RequestException as error:
            raise _lost(error, self.host) from None
        except (OSError, ValueError):  # a certificate file that is none, a header that is none
            raise _Lost(f"the request to {self.host} could not be made", heals=False) from None

    def _redirected(self, target: str, location: str) -> str:
        """Follow within the same origin only: the token goes nowhere else."""
        goal = urljoin(target, location)
        here, there = urlsplit(target), urlsplit(goal)
        if location and (here.scheme, here.netloc) == (there.scheme, there.netloc):
            return goal
        other = there.hostname or "nowhere"
        if there.scheme != here.scheme and other == here.hostname:
            other = f"{there.scheme}://{other}"
        raise Fault(
            Denied(
                f"{self.host} redirects to {other}, and the token was not sent there",
                "if that is your Vault, name it: export VAULT_ADDR=https://…",
            )
        ) from None

    def _parsed(self, answer: _Answer) -> dict[str, Any]:
        body: object = None
        try:
            body = json.loads(answer.text) if answer.text else {}
        except ValueError:
            body = None
        if 200 <= answer.status < 300:
            if isinstance(body, dict) and (body or answer.status == 204):
                return body
            raise Fault(Unreachable(f"{self.host} did not answer as Vault does"))
        if answer.status in _HEALS or answer.status >= 429:
            raise Fault(
                Unreachable(
                    self._meaning(answer.status, answer.text), f"look at {self.host}: vault status"
                )
            )
        if not isinstance(body, dict) or not ("errors" in body or "data" in body):
            # a proxy's page, or an answer that was cut off behind its first line
            raise Fault(
                Unreachable(f"{self.host} did not answer as Vault does (status {answer.status})")
            )
        raise Refusal(answer.status, body)

    def _meaning(self, status: int, text: bytes) -> str:
        if status == 503 and b"sealed" in text.lower():
            return f"Vault at {self.host} is sealed"
        meaning = _MEANINGS.get(status, "could not answer")
        return f"Vault at {self.host} {meaning} (status {status})"

    def _pause(self, attempt: int, retry_after: float | None, why: str) -> None:
        """Wait before the next attempt: what the server asks for, else with full jitter."""
        left = self.deadline.left()
        cap = min(BACKOFF_CAP, BACKOFF_SECONDS * 2**attempt)
        # not the module's own generator: a test's seed would give other numbers after a retry
        pause = SystemRandom().uniform(0, cap) if retry_after is None else retry_after
        if pause >= left:
            raise Fault(Unreachable(f"{why}, and there is no time to ask again")) from None
        time.sleep(pause)

    def _too_late(self) -> str:
        return f"{self.host} did not answer within {self.deadline.seconds:g} s"


class _Answer:
    """Status, text and the two headers that matter."""

    def __init__(self, status: int, text: bytes, headers: Mapping[str, str]) -> None:
        self.status = status
        self.text = text
        self.location = headers.get("Location", "")
        self.retry_after = _seconds(headers.get("Retry-After", "").strip())


def _seconds(after: str) -> float | None:
    """Read a pause: a number of seconds, or the time at which it is over; None for neither."""
    if after.isascii() and after.isdecimal():
        return float(after)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(after).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


class _Lost(Exception):
    """No answer came."""

    def __init__(self, detail: str, *, heals: bool, hint: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.heals = heals
        self.hint = hint


def _lost(error: requests.RequestException, host: str) -> _Lost:
    """Put a failure of requests in our words: its own can hold headers and bodies."""
    text = str(error)
    if "certificate required" in text or "CERTIFICATE_REQUIRED" in text:
        return _Lost(
            f"{host} asks for a client certificate",
            heals=False,
            hint="export VAULT_CLIENT_CERT=/path/cert.pem VAULT_CLIENT_KEY=/path/key.pem",
        )
    if "WRONG_VERSION_NUMBER" in text or "record layer failure" in text:
        return _Lost(f"{host} does not speak TLS", heals=False, hint="look at VAULT_ADDR")
    if isinstance(error, requests.exceptions.SSLError):
        return _Lost(
            f"the certificate of {host} could not be trusted",
            heals=False,
            hint="name its authority: export VAULT_CACERT=/path/to/ca.pem",
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return _Lost(f"the proxy on the way to {host} did not let us through", heals=True)
    if isinstance(error, requests.Timeout):
        return _Lost(f"{host} did not answer in time", heals=True)
    if "NameResolutionError" in text or "getaddrinfo" in text:
        return _Lost(f"the name {host} cannot be resolved", heals=True, hint="look at VAULT_ADDR")
    if "Connection refused" in text or "Errno 111" in text or "WinError 10061" in text:
        return _Lost(f"nobody listens at {host}", heals=True, hint="look at VAULT_ADDR")
    return _Lost(f"the connection to {host} broke", heals=True)
