"""A signed-in client of Vault, and what is known of its token.

This module imports hvac by its neighbours and is itself imported when the first secret is fetched.
"""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from credcheck.model import Denied, Health, Unreachable
from credcheck.sources.deadline import Deadline
from credcheck.sources.quiet import hush
from credcheck.sources.vault.login import sign_in
from credcheck.sources.vault.reading import LOGIN, Reader
from credcheck.sources.vault.renewal import Renewal
from credcheck.sources.vault.wire import Fault, Refusal, connect, set_deadline

if TYPE_CHECKING:
    from credcheck.model import Absent
    from credcheck.places import Place
    from credcheck.sources.vault.login import SignIn
    from credcheck.sources.vault.settings import Settings


def _another(settings: Settings, token: str) -> Any:
    """Make a second client with the same token."""
    client = connect(settings, Deadline(settings.timeout))
    client.token = token
    return client


class Session:
    """Reads paths with one token; renews it while that is possible."""

    def __init__(self, client: Any, settings: Settings, signed_in: SignIn) -> None:
        self._client = client
        self._settings = settings
        self._signed_in = signed_in
        self._since = monotonic()
        self._reader = Reader(client, settings.host, settings.namespace)
        self._renewal: Renewal | None = None
        if signed_in.renewable:
            self._renewal = Renewal(partial(_another, settings, client.token), signed_in.ttl)

    @property
    def alive(self) -> bool:
        """Tell whether the token still holds, as far as we know."""
        if self._renewal is not None:
            return self._renewal.alive
        ttl = self._signed_in.ttl
        return ttl is None or monotonic() - self._since < ttl

    def bound(self, deadline: Deadline) -> None:
        """Bound the requests to come."""
        set_deadline(self._client, deadline)

    def read(self, place: Place) -> dict[str, object] | Absent | Denied | Unreachable:
        """Give the fields of a secret, or the answer instead."""
        try:
            return self._reader.read(place)
        except Fault as fault:
            return fault.answer

    def identity(self) -> Health | Absent | Denied | Unreachable:
        """Ask Vault about our token, which the default policy allows."""
        how, host = self._signed_in.how, self._settings.host
        try:
            data = self._client.auth.token.lookup_self().get("data")
        except Fault as fault:
            return fault.answer
        except Refusal:
            told = f"the token of {how} is expired or revoked at {host}"
            return Denied(f"{told}, or may not ask about itself", LOGIN)
        if not isinstance(data, dict):
            return Unreachable(f"{host} did not answer as Vault does")
        name, until = data.get("display_name"), data.get("expire_time")
        return Health(
            "ok",
            f"Vault at {host}, signed in by {how}",
            identity=name if isinstance(name, str) else "",
            until=until if isinstance(until, str) else None,
        )


def open_session(settings: Settings, deadline: Deadline) -> Session | Absent | Denied | Unreachable:
    """Connect and sign in, or give the answer instead."""
    hush()  # the libraries' loggers exist now
    client = connect(settings, deadline)
    try:
        return Session(client, settings, sign_in(client, settings, deadline))
    except Fault as fault:
        return fault.answer
