"""Production keys where nobody asked for a secret, and a `.env.test` that others can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.classifier import live_marker
from credcheck.exposure import exposure_of
from credcheck.findings import finding
from credcheck.model import SecretSpec

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from credcheck.judging import Judge
    from credcheck.model import Finding, Held, Manifest, Severity
    from credcheck.secret import Secret
    from credcheck.sources.base import Source
    from credcheck.sources.dotenv import DotenvSource


class Hygiene:
    """Looks through all that the local sources hold, once."""

    def __init__(self, manifest: Manifest, sources: Sequence[tuple[str, Source | None]]) -> None:
        self._manifest = manifest
        self._local = {n: source for n, source in sources if hasattr(source, "holdings")}
        self._owners = {
            name: spec for spec in manifest.secrets.values() for name in reversed(spec.names)
        }
        self._holdings: dict[str, tuple[Held, ...]] = {}
        self._live_places: dict[str, tuple[str, str]] | None = None
        self._findings: dict[frozenset[str], tuple[Finding, ...]] = {}

    def variables(self) -> dict[str, Secret]:
        """Give every variable of the environment and the file; the file's win."""
        found = {}
        for source in ("env", "dotenv"):
            found.update({held.name: held.secret for held in self._held(source)})
        return found

    def live_places(self, judge: Judge) -> Mapping[str, tuple[str, str]]:
        """Tell, by declared secret, where a local source holds a live value for it, and why.

        This sees the aliases and the later sources, which the search itself never reaches.
        """
        if self._live_places is None:
            self._live_places = {}
            for source in ("dotenv", "env"):
                for held in self._held(source):
                    spec = self._owners.get(held.name)
                    if spec is None or spec.name in self._live_places:
                        continue
                    verdict = judge.verdict(spec, held.secret)
                    if verdict.mode == "live":
                        self._live_places[spec.name] = (held.location, verdict.reason)
        return self._live_places

    def findings(self, judge: Judge, *, asked: Collection[str]) -> tuple[Finding, ...]:
        """Give the findings about what was not asked for.

        Args:
            judge: judges each value.
            asked: the names that were resolved: what is wrong with them is told there.
        """
        key = frozenset(asked)
        if key not in self._findings:
            self._findings[key] = (
                *self._unasked(judge, key),
                *self._in_file(judge, key),
                *self._ambient(key),
                *self._exposed(),
            )
        return self._findings[key]

    def _held(self, source: str) -> tuple[Held, ...]:
        """Give the variables that one local source holds."""
        return tuple(held for held in self._everything(source) if not held.comment)

    def _everything(self, source: str) -> tuple[Held, ...]:
        if source not in self._holdings:
            opened = self._local.get(source)
            holdings = getattr(opened, "holdings", tuple)
            self._holdings[source] = tuple(holdings())
        return self._holdings[source]

    def _unasked(self, judge: Judge, asked: frozenset[str]) -> list[Finding]:
        """Live values of declared secrets that this run does not need."""
        return [
            finding("CRED002", secret=name, where=where, reason=reason)
            for name, (where, reason) in self.live_places(judge).items()
            if name not in asked
        ]

    def _in_file(self, judge: Judge, asked: frozenset[str]) -> list[Finding]:
        """Live values under undeclared names, and in comments, of `.env.test`."""
        told = []
        for held in self._everything("dotenv"):
            if held.comment:
                reason = live_marker(held.secret.reveal())
                if reason is not None:
                    told.append(finding("CRED009", where=held.location, reason=reason))
            elif held.name not in asked and held.name not in self._owners:
                verdict = judge.verdict(SecretSpec(name=held.name, declared=False), held.secret)
                if verdict.mode == "live":
                    told.append(
                        finding(
                            "CRED008",
                            where=held.location,
                            variable=held.name,
                            reason=verdict.reason,
                        )
                    )
        return told

    def _ambient(self, asked: frozenset[str]) -> list[Finding]:
        """Live values under undeclared names of the process environment."""
        if self._manifest.ambient == "off":
            return []
        severity: Severity | None = "error" if self._manifest.ambient == "refuse" else None
        told = []
        for held in self._held("env"):
            if held.name in asked or held.name in self._owners:
                continue
            reason = live_marker(held.secret.reveal())
            if reason is not None:
                told.append(
                    finding("CRED007", severity=severity, variable=held.name, reason=reason)
                )
        return told

    def _exposed(self) -> list[Finding]:
        """Tell who else can see the file."""
        source: DotenvSource | None = self._local.get("dotenv")  # type: ignore[assignment]
        if source is None or not source.exists():
            return []
        exposure = exposure_of(source.path)
        told = []
        if exposure.readable_by_others:
            told.append(finding("CRED011", path=source.label))
        if exposure.git == "exposed":
            told.append(finding("CRED010", path=source.label))
        elif exposure.git == "tracked":
            told.append(finding("CRED012", path=source.label))
        elif exposure.git == "unknown":
            told.append(finding("CRED013", path=source.label, reason=exposure.detail))
        return told
