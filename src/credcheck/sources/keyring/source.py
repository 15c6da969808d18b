"""The source `keyring`: the operating system's own store, on a person's machine."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, Self, final

from credcheck.model import Denied, Health, NotConfigured, Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from credcheck.model import Answer, Context, Manifest, Request
    from credcheck.sources.deadline import Deadline

TIMEOUT = 10.0  # seconds, for everything together


@final
class KeyringSource:
    """Answers from the keyring of the operating system.

    `Found` for an entry with the project's service name and the secret's place, or its name, as
    user; `Absent` where there is none, `Denied` for a locked keyring or a wrong configuration,
    `Unreachable` for one that does not answer by the deadline, `NotConfigured` where there is no
    keyring, and in CI, unless the manifest has a `keyring` table. No prompt is ever opened.
    """

    name = "keyring"

    def __init__(self, service: str, *, closed: NotConfigured | None, timeout: float) -> None:
        self.service = service
        self._closed = closed
        self._timeout = timeout
        self._backend: Any = None

    @classmethod
    def open(cls, manifest: Manifest, context: Context) -> Self:
        """Take the service's name from the manifest; nothing is asked."""
        options = manifest.options.get("keyring", {})
        closed = None
        if context.kind != "local" and "keyring" not in manifest.options:
            closed = NotConfigured("not asked in CI: the manifest has no [keyring] table")
        service = str(options.get("service", "")) or f"credcheck/{manifest.project}"
        return cls(service, closed=closed, timeout=float(options.get("timeout", TIMEOUT)))

    def fetch(self, requests: Sequence[Request]) -> Mapping[str, Answer]:
        """Look every entry up, one after the other: a keyring is no server."""
        if not requests:
            return {}
        if self._closed is not None:
            return {request.name: self._closed for request in requests}
        from credcheck.sources.deadline import Deadline, in_time

        deadline = Deadline(self._timeout)
        failure = self._ready(deadline)
        if failure is not None:
            return {request.name: failure for request in requests}
        from credcheck.sources.keyring.asking import look_up

        def ask() -> dict[str, Answer]:
            return {
                request.name: look_up(self._backend, self.service, request.place or request.name)
                for request in requests
            }

        answers = in_time({"": ask}, deadline).get("")
        if isinstance(answers, dict):
            return answers
        failed = _silent(answers, deadline)
        return {request.name: failed for request in requests}

    def health(self) -> Health:
        """Find the keyring, and whether it is unlocked."""
        if self._closed is not None:
            return Health.unwell(self._closed)
        from credcheck.sources.deadline import Deadline

        start = perf_counter()
        failure = self._ready(Deadline(self._timeout))
        elapsed = round((perf_counter() - start) * 1000, 3)
        if failure is None:
            from credcheck.sources.keyring.asking import describe

            detail = f"{describe(self._backend)}, entries of {self.service}"
            return Health("ok", detail, elapsed)
        return Health.unwell(failure, elapsed)

    def _ready(self, deadline: Deadline) -> NotConfigured | Denied | Unreachable | None:
        """Find the backend, once; give the answer instead where there is none."""
        if self._backend is not None:
            return None
        from credcheck.sources.deadline import Crash, in_time
        from credcheck.sources.keyring.asking import Nothing, find_backend

        def find() -> object:
            try:
                return find_backend()
            except Nothing as nothing:
                return nothing.answer

        found = in_time({"": find}, deadline).get("")
        if isinstance(found, NotConfigured | Denied | Unreachable):
            return found
        if found is None or isinstance(found, Crash):
            return _silent(found, deadline)
        self._backend = found
        return None


def _silent(result: object, deadline: Deadline) -> Unreachable:
    from credcheck.sources.deadline import Crash

    if isinstance(result, Crash):
        return Unreachable(f"the keyring did not answer ({result.kind})", "keyring diagnose")
    return Unreachable(
        f"the keyring did not answer within {deadline.seconds:g} s; it may wait for a prompt",
        'unlock it, or leave it out: sources = ["dotenv", "env", …]',
    )
