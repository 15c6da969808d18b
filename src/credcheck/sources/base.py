"""The protocol of a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from credcheck.model import Answer, Context, Health, Held, Manifest, Request


class Source(Protocol):
    """A place that is asked for values.

    `open` does no I/O. `fetch` is called once with everything that is still open and gives an
    answer for every request, by secret name. It never raises for one secret's sake; it may raise
    :class:`credcheck.errors.UsageError` when the user's own file is broken.
    """

    name: str

    @classmethod
    def open(cls, manifest: Manifest, context: Context) -> Self:
        """Make the source from the manifest's table of its name and the environment."""
        ...

    def fetch(self, requests: Sequence[Request]) -> Mapping[str, Answer]:
        """Answer every request at once."""
        ...

    def health(self) -> Health:
        """Tell whether the source is there, and as whom we are signed in."""
        ...


class NotingSource(Source, Protocol):
    """A source that has more to say about a run than its answers."""

    def notes(self) -> Sequence[str]:
        """Give sentences for its line in the report, such as what would make it quicker."""
        ...


class LocalSource(Source, Protocol):
    """A source that can list all it holds without a request to anybody."""

    def holdings(self) -> Sequence[Held]:
        """Give every variable it holds, and the comments that may hide a key."""
        ...
