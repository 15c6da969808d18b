"""The source `vault`: one log-in a run, one read a path, everything by one deadline."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Self, TypeVar, final

from credcheck.model import Absent, Denied, Health, NotConfigured, Unreachable
from credcheck.places import parse_vault
from credcheck.sources.vault.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from credcheck.model import Answer, Context, Manifest, Request
    from credcheck.places import Place
    from credcheck.sources.deadline import Crash, Deadline
    from credcheck.sources.vault.session import Session
    from credcheck.sources.vault.settings import Settings

    Read = dict[str, object] | Absent | Denied | Unreachable

T = TypeVar("T")


@final
class VaultSource:
    """Answers from Vault's key-value engines.

    `Found` for a field that is there, `Absent` where path, version, field or mount do not exist,
    `Denied` where we cannot sign in or may not read, `Unreachable` for a server that does not
    answer by the deadline or not as Vault does, `NotConfigured` without an address.
    """

    name = "vault"

    def __init__(self, settings: Settings | NotConfigured | Denied) -> None:
        self._settings = settings
        self._session: Session | None = None

    @classmethod
    def open(cls, manifest: Manifest, context: Context) -> Self:
        """Read the settings; nothing is asked."""
        return cls(read_settings(manifest, context))

    def fetch(self, requests: Sequence[Request]) -> Mapping[str, Answer]:
        """Read every path once, and take the fields out of it."""
        settings = self._settings
        if isinstance(settings, NotConfigured | Denied):
            return {request.name: settings for request in requests}
        if not requests:
            return {}
        from credcheck.sources.deadline import Deadline, in_time

        deadline = Deadline(settings.timeout)
        session = self._signed_in(settings, deadline)
        if isinstance(session, Absent | Denied | Unreachable):
            return {request.name: session for request in requests}
        from credcheck.sources.fields import pick

        places = {request.name: parse_vault(request.place or "") for request in requests}
        jobs = {place.whole: _reading(session, place) for place in places.values()}
        results = in_time(jobs, deadline)
        answers: dict[str, Answer] = {}
        for name, place in places.items():
            got: Read = _done(results.get(place.whole), settings)
            answers[name] = pick(got, place.field, place.whole) if isinstance(got, dict) else got
        return answers

    def health(self) -> Health:
        """Sign in, and ask Vault about our token."""
        settings = self._settings
        if isinstance(settings, NotConfigured | Denied):
            return Health.unwell(settings, hint="export VAULT_ADDR=https://…")
        from credcheck.sources.deadline import Deadline, in_time

        start = perf_counter()
        deadline = Deadline(settings.timeout)
        session = self._signed_in(settings, deadline)
        told: Health | Absent | Denied | Unreachable
        if isinstance(session, Absent | Denied | Unreachable):
            told = session
        else:
            told = _done(in_time({"": session.identity}, deadline).get(""), settings)
        elapsed = round((perf_counter() - start) * 1000, 3)
        if isinstance(told, Health):
            return told._replace(elapsed_ms=elapsed)
        return Health.unwell(told, elapsed)

    def _signed_in(
        self, settings: Settings, deadline: Deadline
    ) -> Session | Absent | Denied | Unreachable:
        """Give the session of this run; sign in unless that was done and still holds."""
        if self._session is not None and self._session.alive:
            self._session.bound(deadline)
            return self._session
        from credcheck.sources.deadline import in_time
        from credcheck.sources.vault.session import Session, open_session

        def sign_in() -> Session | Absent | Denied | Unreachable:
            return open_session(settings, deadline)

        opened = in_time({"": sign_in}, deadline).get("")
        result: Session | Absent | Denied | Unreachable = _done(opened, settings)
        self._session = result if isinstance(result, Session) else None
        return result


def _reading(session: Session, place: Place) -> Callable[[], Read]:
    return lambda: session.read(place)


def _done(result: T | Crash | None, settings: Settings) -> T | Unreachable:
    """Say what became of a job that gave no answer of its own."""
    from credcheck.sources.deadline import Crash

    if isinstance(result, Crash):
        return Unreachable(f"{settings.host} could not be asked ({result.kind})")
    if result is None:
        late = f"{settings.host} did not answer within {settings.timeout:g} s"
        return Unreachable(late, "look at VAULT_ADDR")
    return result
