"""What lies around a run: its sources, the environment and the file, and who judges by them.

Each is opened when it is first needed; of a remote source that nobody wants nothing is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.errors import DotenvError
from credcheck.hygiene import BrokenFile, Hygiene
from credcheck.judging import Judge
from credcheck.resolver import takes_part
from credcheck.sources import REMOTE, open_source

if TYPE_CHECKING:
    from collections.abc import Collection

    from credcheck.model import Context, Finding, Manifest
    from credcheck.secret import Secret
    from credcheck.sources.base import Source


class Surroundings:
    """The sources of one run, and what the local ones hold."""

    def __init__(self, manifest: Manifest, context: Context) -> None:
        self._manifest = manifest
        self._context = context
        self._sources: list[tuple[str, Source | None]] | None = None
        self._hygiene: Hygiene | None = None
        self._judge: Judge | None = None
        self.refused_places: list[str] = []  # of secrets that were asked for

    def sources(self) -> list[tuple[str, Source | None]]:
        """Open the sources of which something is wanted; the others are None and cost nothing."""
        if self._sources is None:
            manifest = self._manifest
            self._sources = [
                (name, open_source(name, manifest, self._context) if self._wanted(name) else None)
                for name in manifest.sources
            ]
        return self._sources

    def _wanted(self, name: str) -> bool:
        tables = self._manifest.options
        return (
            name in tables
            or name not in REMOTE
            or any(
                takes_part(name, spec, keyring_for_all="keyring" in tables)
                for spec in self._manifest.secrets.values()
            )
        )

    @property
    def hygiene(self) -> Hygiene:
        """What the local sources hold, whether it is asked for or not."""
        if self._hygiene is None:
            self._hygiene = Hygiene(self._manifest, self.sources(), self._context.environ)
        return self._hygiene

    @property
    def judge(self) -> Judge:
        """Who judges the values, beside their companions.

        Raises:
            DotenvError: `.env.test` is broken, and nothing graver is known.
        """
        if self._judge is None:
            self._judge = Judge(self._manifest, self._context, self.variables())
        return self._judge

    def variables(self) -> dict[str, Secret]:
        """Give every variable of the environment and the file.

        Raises:
            DotenvError: `.env.test` is broken, and nothing graver is known.
        """
        try:
            return self.hygiene.variables()
        except DotenvError as error:
            self._set_aside(error)
            return self.hygiene.variables()

    def _set_aside(self, error: DotenvError) -> None:
        """Go on without a broken `.env.test` if what else is known ends everything: 3 beats 2."""
        sources = [
            (name, BrokenFile(error) if name == "dotenv" else source)
            for name, source in self.sources()
        ]
        hygiene = Hygiene(self._manifest, sources, self._context.environ)
        judge = Judge(self._manifest, self._context, hygiene.variables())
        told = hygiene.findings(judge, asked=())
        if not self.refused_places and not any(map(ends_everything, told)):
            raise error
        self._sources, self._hygiene = sources, hygiene

    def findings(self, asked: Collection[str]) -> tuple[Finding, ...]:
        """Give the findings that belong to no secret that was asked for."""
        return self.hygiene.findings(self.judge, asked=asked)


def ends_everything(told: Finding) -> bool:
    """Tell whether nothing may run because of it; `ambient = "refuse"` makes errors of some."""
    return told.code in {"CRED002", "CRED008", "CRED016"} or (
        told.code in {"CRED007", "CRED019", "CRED020"} and told.severity == "error"
    )
