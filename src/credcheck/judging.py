"""What a resolution comes to: the state of each secret, and the findings about its value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from credcheck.classifier import Rules, classify
from credcheck.findings import finding
from credcheck.model import SecretStatus
from credcheck.services import guess_service

if TYPE_CHECKING:
    from credcheck.model import (
        Context,
        Finding,
        Manifest,
        Resolution,
        SecretSpec,
        State,
        Verdict,
    )
    from credcheck.secret import Secret

MAX_FILE_BYTES = 1_000_000
_LIVE_NAMES = frozenset(("LIVE", "PROD", "PRODUCTION", "PRD"))


class Companions(Mapping[str, str]):
    """The other variables of the environment; each is revealed when the judge asks for it."""

    def __init__(self, variables: Mapping[str, Secret], own: Sequence[str]) -> None:
        self._variables = variables
        self._own = own

    def __getitem__(self, name: str) -> str:
        if name in self._own:
            raise KeyError(name)
        return self._variables[name].reveal()

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._variables if name not in self._own)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return bool(self._variables)  # without counting them


class Judge:
    """Judges values by one manifest, each value once.

    Args:
        manifest: the operator's lists and services.
        context: who is running, for the hints.
        companions: all variables of the same environment, by name.
    """

    def __init__(
        self, manifest: Manifest, context: Context, companions: Mapping[str, Secret]
    ) -> None:
        self._manifest = manifest
        self._context = context
        self._companions = companions
        self.rules = Rules(refuse=manifest.refuse, allow=manifest.allow, services=manifest.services)
        self._verdicts: dict[tuple[str, Secret], Verdict] = {}

    def verdict(self, spec: SecretSpec, secret: Secret) -> Verdict:
        """Judge one value under the service that its declaration or its name supplies."""
        known = self._verdicts.get((spec.name, secret))
        if known is not None:
            return known
        service = spec.service or guess_service(spec.name, self._manifest.services)
        companions = Companions(self._companions, spec.names)
        text = secret.reveal()
        content = read_value_file(self._manifest, secret) if spec.file else text
        verdict = classify(content or "", service, companions, rules=self.rules)
        if content is None:  # no file of that name: the key itself may stand in the path's place
            instead = classify(text, service, companions, rules=self.rules)
            verdict = instead if instead.mode == "live" else verdict
        self._verdicts[spec.name, secret] = verdict
        return verdict

    def is_placeholder(self, spec: SecretSpec, secret: Secret) -> bool:
        """Tell whether a value is no answer."""
        return self.verdict(spec, secret).placeholder

    def status(
        self, resolution: Resolution, live_places: Mapping[str, tuple[str, str]]
    ) -> tuple[SecretStatus, list[Finding]]:
        """Give the state of a secret and what is to be said of its value.

        Args:
            resolution: the search.
            live_places: where a local source holds a live value for a secret, and why it is live.
        """
        spec = resolution.spec
        shadowed = [
            (place, verdict.reason)
            for _, place, secret in resolution.shadowed
            if (verdict := self.verdict(spec, secret)).mode == "live"
        ]
        if resolution.secret is not None:
            verdict = self.verdict(spec, resolution.secret)
            if verdict.mode == "live":
                return self._live(resolution, resolution.location, verdict.reason)
        if spec.name in live_places:
            return self._live(resolution, *live_places[spec.name])
        if shadowed:
            return self._live(resolution, *shadowed[0])
        if resolution.secret is None:
            return self._missing(resolution), []
        return self._found(resolution, self.verdict(spec, resolution.secret))

    def _live(
        self, resolution: Resolution, where: str, reason: str
    ) -> tuple[SecretStatus, list[Finding]]:
        told = finding("CRED002", secret=resolution.spec.name, where=where, reason=reason)
        status = self._status(resolution, "live", reason, hint=told.hint)
        return status._replace(mode="live"), [told]

    def _found(
        self, resolution: Resolution, verdict: Verdict
    ) -> tuple[SecretStatus, list[Finding]]:
        """State and findings of a value that is not live."""
        if resolution.spec.file and resolution.secret is not None:
            content = read_value_file(self._manifest, resolution.secret)
            if content is None:
                return self._status(resolution, "absent", "it names no readable file"), []
            if not content.strip():
                return self._status(resolution, "empty", "the file that it names is empty"), []
        state: State = "ready"
        if verdict.placeholder:
            state = "placeholder"
        elif verdict.malformed:
            state = "malformed"
        status = self._status(resolution, state, verdict.reason, verdict)
        return status, self._remarks(resolution, verdict) if state == "ready" else []

    def _remarks(self, resolution: Resolution, verdict: Verdict) -> list[Finding]:
        """What is worth telling of a value that is used."""
        spec, name = resolution.spec, resolution.spec.name
        told = [
            finding("CRED014", secret=name, reason=warning, hint=spec.obtain or "the vendor's docs")
            for warning in verdict.warnings
        ]
        if verdict.mode == "unknown" and spec.unproven is not None:
            told.append(finding("CRED005", secret=name, reason=spec.unproven))
        elif verdict.mode == "unknown":
            told.append(finding("CRED004", secret=name, reason=verdict.reason))
            if not _LIVE_NAMES.isdisjoint(name.upper().split("_")):
                why = "its name says production, and nothing in it says otherwise"
                told.append(
                    finding(
                        "CRED014", secret=name, reason=why, hint=spec.obtain or "the vendor's docs"
                    )
                )
        winner = resolution.location or resolution.source or ""
        told += [
            finding("CRED006", secret=name, where=place or source, winner=winner)
            for source, place, secret in resolution.shadowed
            if resolution.secret is not None and not secret.same_as(resolution.secret)
        ]
        return told

    def _missing(self, resolution: Resolution) -> SecretStatus:
        """State of a secret that no source gave."""
        state: State = resolution.state or "absent"
        silent = {"not-asked", "not-configured"}
        asked = ", ".join(a.source for a in resolution.attempts if a.outcome not in silent)
        details = [a.detail for a in resolution.attempts if a.detail]
        named = [
            f"{a.source}: {a.detail}"
            for a in resolution.attempts
            if a.outcome == "absent" and a.detail and resolution.spec.place_in(a.source)
        ]
        reason = {
            "absent": "; ".join((f"no source has it (asked: {asked or 'none'})", *named)),
            "deferred": f"the fixture {resolution.spec.provided_by!r} hands it in at run time",
        }.get(state) or (details[-1] if details else f"it is {state}")
        if state in {"empty", "placeholder"}:
            words = ("a placeholder",) if state == "placeholder" else ("empty", "no value")
            fitting = [text for text in details if any(word in text for word in words)]
            reason = "; ".join(fitting) or reason
        return self._status(resolution, state, reason, hint=resolution.hint)

    def _status(
        self,
        resolution: Resolution,
        state: State,
        reason: str,
        verdict: Verdict | None = None,
        hint: str = "",
    ) -> SecretStatus:
        spec = resolution.spec
        if not hint and state not in {"ready", "deferred"}:
            hint = how_to_get(spec, self._context, self._manifest)
        return SecretStatus(
            name=spec.name,
            state=state,
            mode=verdict.mode if verdict else "unknown",
            service=(verdict.service if verdict else None)
            or spec.service
            or guess_service(spec.name, self._manifest.services),
            source=resolution.source,
            reason=reason,
            attempts=resolution.attempts,
            description=spec.description,
            obtain=spec.obtain,
            hint=hint,
        )


def how_to_get(spec: SecretSpec, context: Context, manifest: Manifest) -> str:
    """Say where a person gets the secret and where to put it, in this context."""
    if context.kind == "fork":
        return "secrets are withheld from forks by design; a run in the repository itself has them"
    where = f"get one at {spec.obtain} and " if spec.obtain else ""
    if context.kind == "local":
        if "dotenv" not in manifest.sources:
            return f"{where}{_keep_elsewhere(spec, manifest)}"
        path = manifest.options.get("dotenv", {}).get("path", ".env.test")
        what = "path of a file with it" if spec.file else "your test key"
        return f"{where}add {spec.name}=<{what}> to {path}"
    if context.ci == "GitHub Actions":
        mapped = f"{spec.name}: ${{{{ secrets.{spec.name} }}}}"
        return f"{where}store it as an Actions secret, then map it under env: {mapped}"
    return f"{where}set {spec.name} in the settings of your CI"


def _keep_elsewhere(spec: SecretSpec, manifest: Manifest) -> str:
    if "env" in manifest.sources:
        return f"set {spec.name} in the environment"
    return f"store it where the manifest looks: {', '.join(manifest.sources)}"


def read_value_file(manifest: Manifest, secret: Secret) -> str | None:
    """Read the file that a `file = true` secret names; None when it cannot be read."""
    import os
    import stat

    try:
        descriptor = os.open(
            manifest.root / secret.reveal().strip(), os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)
        )
    except (OSError, ValueError):
        return None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        data = os.read(descriptor, MAX_FILE_BYTES)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return data.decode("utf-8", "replace")


def refused_place(spec: SecretSpec, manifest: Manifest) -> str | None:
    """Name the place of a secret that the manifest refuses, before anybody reads it."""
    refuse = manifest.refuse
    keyring = spec.keyring
    if keyring is None and refuse.keyring and "keyring" in manifest.options:
        keyring = spec.name  # then every secret is looked for under its own name
    for source, place, patterns in (
        ("vault", spec.vault, refuse.vault),
        ("aws", spec.aws, refuse.aws),
        ("keyring", keyring, refuse.keyring),
    ):
        if place is not None and source in manifest.sources:
            refused = _refused(source, place, patterns, refuse.aws_accounts)
            if refused is not None:
                return f"{source} {refused}"
    role = str(manifest.options.get("aws", {}).get("role-arn", ""))
    if role and spec.aws is not None and "aws" in manifest.sources and refuse.aws_accounts:
        from credcheck.places import account_of

        if account_of(role) in refuse.aws_accounts:
            return f"aws {spec.aws.partition('#')[0]}, read with a role of a refused account"
    return None


def _refused(
    source: str, place: str, patterns: Sequence[str], accounts: Sequence[str]
) -> str | None:
    """Give the path of a place that is on a list, in whatever way it is written."""
    if not patterns and not (source == "aws" and accounts):
        return None
    from credcheck.places import account_of, pattern_spellings, spellings

    paths = spellings(source, place)
    wanted = [written for pattern in patterns for written in pattern_spellings(source, pattern)]
    if any(fnmatchcase(path, pattern) for path in paths for pattern in wanted):
        return paths[0]
    return paths[0] if source == "aws" and account_of(place) in accounts else None
