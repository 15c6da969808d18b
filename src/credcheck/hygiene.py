"""Production keys where nobody asked for a secret, and a `.env.test` that others can see."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Self, cast, final

from credcheck.classifier import live_marker, own_live_marker, refused_marker
from credcheck.exposure import exposure_of
from credcheck.findings import finding
from credcheck.model import Health, SecretSpec, Unreachable
from credcheck.services import guess_service

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from credcheck.errors import DotenvError
    from credcheck.judging import Judge
    from credcheck.model import Answer, Context, Finding, Held, Manifest, Request, Severity
    from credcheck.secret import Secret
    from credcheck.sources.base import Source
    from credcheck.sources.dotenv import DotenvSource

# libpq's variables, which say together where they lead: `ambient/postgres.py`
_OTHERS = ("PGHOST", "PGDATABASE", "PGSERVICE")


@final
class BrokenFile:
    """Stands for a `.env.test` that cannot be read: what it should hold is unreachable."""

    name = "dotenv"

    def __init__(self, error: DotenvError) -> None:
        self._detail = error.message
        self._hint = error.hint

    @classmethod
    def open(cls, manifest: Manifest, context: Context) -> Self:
        """Never: it takes the place of a source that was opened."""
        raise NotImplementedError

    def fetch(self, requests: Sequence[Request]) -> Mapping[str, Answer]:
        """Answer that the file is broken, with its line and without its content."""
        return {r.name: Unreachable(self._detail, self._hint) for r in requests}

    def holdings(self) -> Sequence[Held]:
        """Give nothing."""
        return ()

    def health(self) -> Health:
        """Say that it is broken."""
        return Health(status="unreachable", detail=self._detail, hint=self._hint)


class Hygiene:
    """Looks through all that the local sources hold, once."""

    def __init__(
        self,
        manifest: Manifest,
        sources: Sequence[tuple[str, Source | None]],
        environ: Mapping[str, str],
    ) -> None:
        self._manifest = manifest
        self._environ = environ
        self._local = {n: source for n, source in sources if hasattr(source, "holdings")}
        self._owners = {
            name: spec for spec in manifest.secrets.values() for name in reversed(spec.names)
        }
        self._holdings: dict[str, tuple[Held, ...]] = {}
        self._live_places: dict[str, tuple[str, str]] | None = None
        self._findings: dict[frozenset[str], tuple[Finding, ...]] = {}

    def variables(self) -> dict[str, Secret]:
        """Give every variable of the environment and the file; the file's win."""
        return {held.name: held.secret for held in self.local()}

    def local(self) -> tuple[Held, ...]:
        """Give all that the environment and then the file hold, also what is shadowed."""
        return (*self._held("env"), *self._held("dotenv"))

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
                *self._ambient(judge, key),
                *self._tools(),
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

    def _ambient(self, judge: Judge, asked: frozenset[str]) -> list[Finding]:
        """Live values, and refused places, under undeclared names of the process environment."""
        if self._manifest.ambient == "off":
            return []
        severity: Severity | None = "error" if self._manifest.ambient == "refuse" else None
        refuse = self._manifest.refuse
        refuses = refuse.hosts or refuse.databases or refuse.aws_accounts or refuse.gcp_projects
        told = []
        for name, value in self._environ.items():
            if name in asked or name in self._owners:
                continue
            reason = live_marker(value) or own_live_marker(value, judge.rules)
            if reason is not None:
                told.append(finding("CRED007", severity=severity, variable=name, reason=reason))
            elif (
                refuses and not name.startswith(_OTHERS) and (why := refused_marker(value, refuse))
            ):
                words = {"what": f"The variable {name} of the environment", "hint": f"unset {name}"}
                reason = f"holds what the manifest refuses: {why}"
                told.append(finding("CRED019", severity=severity, reason=reason, **words))
        return told

    def _tools(self) -> list[Finding]:
        """Where the tools of this machine lead, if that may be a refused place."""
        if self._manifest.ambient == "off":
            return []
        refuse = self._manifest.refuse
        services = frozenset(
            spec.service or guess_service(spec.name, self._manifest.services) or ""
            for spec in self._manifest.secrets.values()
        )
        refuses = any(
            (refuse.hosts, refuse.databases, refuse.aws_accounts, refuse.gcp_projects,
             refuse.values)
        )  # fmt: skip
        if not refuses and not self._has_file_of(services):
            return []
        from credcheck.ambient import look

        return list(look(self._manifest, self._environ, services))

    def _has_file_of(self, services: frozenset[str]) -> bool:
        """Tell whether a tool of a declared vendor is set up here."""
        home = self._environ.get("HOME") or self._environ.get("USERPROFILE") or ""
        config = self._environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
        return bool(home) and (
            ("stripe" in services and os.path.lexists(f"{config}/stripe/config.toml"))
            or ("pypi" in services and os.path.lexists(f"{home}/.pypirc"))
        )

    def _exposed(self) -> list[Finding]:
        """Tell who else can see the file."""
        opened = self._local.get("dotenv")
        if opened is None or isinstance(opened, BrokenFile):
            return []
        source = cast("DotenvSource", opened)
        if not source.exists():
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
