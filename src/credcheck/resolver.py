"""Ask the sources in order, in one batch each, and keep the trail.

The rules are those of the contract: an empty or placeholder value is no answer; an error ends the
search for that secret, so that a broken backend is never mistaken for a missing secret; the first
value wins; what later local sources hold beside it is kept for judging and never used.
"""

from __future__ import annotations

from contextlib import nullcontext
from time import perf_counter
from typing import TYPE_CHECKING

from credcheck.model import (
    Absent,
    Attempt,
    Denied,
    Empty,
    Found,
    NotConfigured,
    Request,
    Resolution,
    SourceStatus,
    Unreachable,
)
from credcheck.sources import REMOTE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from credcheck.model import Answer, AttemptOutcome, SecretSpec, State
    from credcheck.secret import Secret
    from credcheck.sources.base import Source

    IsPlaceholder = Callable[[SecretSpec, Secret], bool]
    Watch = Callable[[str], AbstractContextManager[object]]


class _Search:
    """The search for one secret, while it goes on."""

    def __init__(self, spec: SecretSpec) -> None:
        self.spec = spec
        self.attempts: list[Attempt] = []
        self.winner: tuple[str, Found] | None = None
        self.state: State | None = None
        self.hint = ""
        self.shadowed: list[tuple[str, str, Secret]] = []
        self.placeholder = self.empty = False

    @property
    def open(self) -> bool:
        return self.winner is None and self.state is None

    def note(self, source: str, outcome: AttemptOutcome, detail: str = "") -> None:
        self.attempts.append(Attempt(source=source, outcome=outcome, detail=detail))

    def close(self, source: str, why: str) -> None:
        """End the search before a source is asked; what it would have answered is not known."""
        self.note(source, "not-asked", why)
        self.state = "unreachable"

    def take(self, source: str, answer: Answer, is_placeholder: IsPlaceholder) -> None:
        """File one answer."""
        if isinstance(answer, Found):
            self._take_found(source, answer, is_placeholder)
        elif isinstance(answer, Empty):
            self.empty = True
            self.note(source, "empty", answer.detail)
        elif isinstance(answer, Absent):
            self.note(source, "absent", answer.detail)
        elif isinstance(answer, NotConfigured):
            self.note(source, "not-configured", answer.detail)
        else:
            state: State = "denied" if isinstance(answer, Denied) else "unreachable"
            self.note(
                source, "denied" if isinstance(answer, Denied) else "unreachable", answer.detail
            )
            if self.open:
                self.state = state
                self.hint = answer.hint

    def _take_found(self, source: str, answer: Found, is_placeholder: IsPlaceholder) -> None:
        if answer.secret.is_blank():
            self.empty = True
            self.note(source, "empty", answer.location)
        elif is_placeholder(self.spec, answer.secret):
            self.placeholder = True
            self.note(source, "found", f"{answer.location}: a placeholder, not a value")
        elif self.open:
            self.winner = (source, answer)
            self.note(source, "found", answer.location)
        else:
            self.shadowed.append((source, answer.location, answer.secret))
            self.note(source, "found", f"{answer.location}: not used, an earlier source has it")

    def end(self) -> Resolution:
        """Give what became of it."""
        state = self.state
        if self.open:
            state = "placeholder" if self.placeholder else "empty" if self.empty else "absent"
        source, found = self.winner or (None, None)
        return Resolution(
            spec=self.spec,
            secret=found.secret if found else None,
            source=source,
            location=found.location if found else "",
            state=state,
            attempts=tuple(self.attempts),
            shadowed=tuple(self.shadowed),
            hint=self.hint,
        )


def resolve(
    specs: Sequence[SecretSpec],
    sources: Sequence[tuple[str, Source | None]],
    *,
    is_placeholder: IsPlaceholder,
    keyring_for_all: bool = False,
    closed: str = "",
    watch: Watch | None = None,
) -> tuple[dict[str, Resolution], list[SourceStatus]]:
    """Search for every secret.

    Args:
        specs: the secrets; those that a fixture provides are `deferred` and not searched for.
        sources: name and source in asking order; None for one of which nothing is wanted.
        is_placeholder: tells whether a value is a dummy, a template or a reference.
        keyring_for_all: the manifest has a keyring table, so secrets without a place take part.
        closed: why no request may be sent at all; the sources that would need one are not asked,
            and what is still open then is `unreachable`.
        watch: gives what is entered while a remote source is asked, by its name.

    Returns:
        The resolutions by secret name, and what each source did.

    Raises:
        UsageError: a local file of the user is broken.
    """
    searches = [_Search(spec) for spec in specs]
    statuses = []
    for search in searches:
        if search.spec.provided_by is not None:
            search.state = "deferred"
    for name, source in sources:
        asked = []
        for search in searches:
            if (
                source is None
                or search.state == "deferred"
                or not takes_part(name, search.spec, keyring_for_all=keyring_for_all)
            ):
                continue
            local = hasattr(source, "holdings")
            if closed and search.open and not local:
                search.close(name, closed)
            elif search.open or local:
                asked.append(search)
            else:
                search.note(name, "not-asked")
        watched = nullcontext() if watch is None or hasattr(source, "holdings") else watch(name)
        with watched:
            statuses.append(_ask(name, source, asked, is_placeholder))
    return {search.spec.name: search.end() for search in searches}, statuses


def takes_part(source: str, spec: SecretSpec, *, keyring_for_all: bool) -> bool:
    """Tell whether a source is asked for a secret: a remote one if a place there is named."""
    if source == "keyring" and keyring_for_all:
        return True
    return source not in REMOTE or spec.place_in(source) is not None


def _ask(
    name: str, source: Source | None, searches: Sequence[_Search], is_placeholder: IsPlaceholder
) -> SourceStatus:
    """Ask one source for everything at once."""
    if source is None or not searches:
        return SourceStatus(name=name, status="not-asked")
    start = perf_counter()
    answers = source.fetch(
        [Request(spec=s.spec, place=s.spec.place_in(name)) for s in searches],
    )
    elapsed_ms = round((perf_counter() - start) * 1000, 3)
    for search in searches:
        answer = answers.get(search.spec.name, Unreachable("it gave no answer for this secret"))
        search.take(name, answer, is_placeholder)
    status, detail = _summary(answers)
    notes: Sequence[str] = getattr(source, "notes", tuple)()
    detail = "; ".join((detail, *notes))
    return SourceStatus(name=name, status=status, detail=detail, elapsed_ms=elapsed_ms)


def _summary(answers: Mapping[str, Answer]) -> tuple[str, str]:
    """Tell the worst that a source answered, else how much it has."""
    for kind, status in ((Unreachable, "unreachable"), (Denied, "denied")):
        for answer in answers.values():
            if isinstance(answer, kind):
                return status, answer.detail
    found = sum(isinstance(answer, Found) for answer in answers.values())
    unset = [a.detail for a in answers.values() if isinstance(a, NotConfigured)]
    if unset and not found:
        return "not-configured", unset[0]
    return "ok", f"has {found} of {len(answers)}"
