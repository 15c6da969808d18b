"""Keeping our token alive while a long run goes on."""

from __future__ import annotations

from functools import cached_property
from threading import Event, Thread
from typing import TYPE_CHECKING

from credcheck.sources.deadline import Deadline
from credcheck.sources.quiet import silent_thread
from credcheck.sources.vault.wire import Fault, Refusal, set_deadline

if TYPE_CHECKING:
    from collections.abc import Callable

    import hvac

SHARE = 2 / 3  # of the granted time, as Vault's agent does
RENEWAL_SECONDS = 10.0
LOOK_SECONDS = 5.0  # a token that was handed in is asked about when the run turns out to be long


class Renewal:
    """Renews a token at two thirds of its granted time, until that fails or :meth:`stop`.

    ``alive`` is False once it failed: the next fetch signs in anew. The client is this object's
    own, with a copy of the token, so that its deadlines are nobody else's; it is made when there
    is something to ask. A ``ttl`` of None is not known: Vault is asked, and a token that cannot be
    renewed is left alone.
    """

    def __init__(self, connect: Callable[[], hvac.Client], ttl: float | None) -> None:
        self.alive = True
        self._connect = connect
        self._ttl = ttl
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="credcheck-renewal", daemon=True)
        self._thread.start()

    @cached_property
    def _client(self) -> hvac.Client:
        return self._connect()

    def stop(self) -> None:
        """Renew no more."""
        self._stopped.set()

    def _run(self) -> None:
        with silent_thread():
            ttl = self._left() if self._ttl is None else self._ttl
            while ttl and not self._stopped.wait(ttl * SHARE):
                granted = self._renew()
                if granted < 1:  # near the greatest age of the token, renewals shrink to nothing
                    self.alive = False
                    return
                ttl = granted

    def _left(self) -> float | None:
        """Ask how long the token still holds; None where it need not or cannot be renewed."""
        if self._stopped.wait(LOOK_SECONDS):
            return None
        set_deadline(self._client, Deadline(RENEWAL_SECONDS))
        try:
            data = self._client.auth.token.lookup_self().get("data")
        except (Fault, Refusal):
            return None
        if not isinstance(data, dict) or data.get("renewable") is not True:
            return None
        ttl = data.get("ttl")
        return float(ttl) if isinstance(ttl, int) and ttl > 0 else None

    def _renew(self) -> float:
        """Renew, and give the seconds that Vault granted: fewer than asked near the end."""
        set_deadline(self._client, Deadline(RENEWAL_SECONDS))
        try:
            auth = self._client.auth.token.renew_self().get("auth")
        except (Fault, Refusal):
            return 0.0
        granted = auth.get("lease_duration") if isinstance(auth, dict) else 0
        return float(granted) if isinstance(granted, int) else 0.0
