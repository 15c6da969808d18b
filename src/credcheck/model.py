"""The frozen data that flow through credcheck; no I/O.

They are named tuples and not dataclasses because every run of the command pays for their
creation: 20 frozen, slotted dataclasses take longer to create than the whole of ``python -c pass``
to run (see ``bench/``). They are made with keyword arguments all the same. Annotations are not
postponed here, since ``NamedTuple`` would compile each of them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple, Self

from credcheck.secret import Secret

Mode = Literal["test", "live", "unknown"]
State = Literal[
    "ready",
    "absent",
    "empty",
    "placeholder",
    "malformed",
    "live",
    "unreachable",
    "denied",
    "expired",
    "rejected",
    "deferred",
]
ContextKind = Literal["local", "ci", "fork"]
Policy = Literal["skip", "fail"]
AttemptOutcome = Literal[
    "found", "absent", "empty", "unreachable", "denied", "not-configured", "not-asked"
]
SuiteOutcome = Literal["run", "skip", "fail", "refused"]
Severity = Literal["error", "warning", "info"]
Ambient = Literal["off", "warn", "refuse"]

CONTEXT_KINDS: tuple[ContextKind, ...] = ("local", "ci", "fork")
SOURCE_NAMES = ("dotenv", "env", "keyring", "vault", "aws")
MISSING_STATES = frozenset({"absent", "empty", "placeholder", "malformed"})
BROKEN_STATES = frozenset({"unreachable", "denied", "expired", "rejected"})
USABLE_STATES = frozenset({"ready", "deferred"})


# ── what the manifest says ────────────────────────────────────────────────────────────────────


class Policies(NamedTuple):
    """What to do in each context: `skip` or `fail`."""

    local: Policy = "skip"
    ci: Policy = "skip"
    fork: Policy = "skip"

    def in_context(self, kind: ContextKind) -> Policy:
        """Give the policy for one context."""
        return {"local": self.local, "ci": self.ci, "fork": self.fork}[kind]


class SecretSpec(NamedTuple):
    """One credential that the project needs: `[tool.credcheck.secrets.NAME]`."""

    name: str
    service: str | None = None
    description: str | None = None
    obtain: str | None = None
    file: bool = False
    provided_by: str | None = None
    aliases: tuple[str, ...] = ()
    vault: str | None = None
    aws: str | None = None
    keyring: str | None = None
    unproven: str | None = None
    declared: bool = True
    places: Mapping[str, str] = {}  # for sources of third parties, by source name

    @property
    def names(self) -> tuple[str, ...]:
        """Every variable name under which a local source may hold it, its own name first."""
        return (self.name, *self.aliases)

    @property
    def remote(self) -> bool:
        """Tell whether any place beside the local ones is named."""
        return bool(self.vault or self.aws or self.keyring or self.places)

    def place_in(self, source: str) -> str | None:
        """Give where the manifest says that a source holds it, as it stands there."""
        if source == "vault":
            return self.vault
        if source == "aws":
            return self.aws
        if source == "keyring":
            return self.keyring
        return self.places.get(source)


class Suite(NamedTuple):
    """A named set of tests with the secrets that they need: `[tool.credcheck.suites.NAME]`."""

    name: str
    requires: tuple[str, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    paths: tuple[str, ...] = ()
    on_missing: Policies | None = None
    on_broken: Policies | None = None
    declared: bool = True
    max_skipped: int | None = None  # how many of its tests may be skipped; None for any number

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret that the suite names, each once, in order."""
        return tuple(dict.fromkeys((*self.requires, *(n for group in self.any_of for n in group))))


class SkipBudget(NamedTuple):
    """How many tests may be skipped for a while: `[[tool.credcheck.skip-budget]]`.

    None in ``suite`` or ``context`` means every one; ``until`` is the last day (`2026-12-31`).
    """

    max_skipped: int
    suite: str | None = None
    context: ContextKind | None = None
    until: str | None = None


class Refuse(NamedTuple):
    """What never belongs in a test run: `[tool.credcheck.refuse]`."""

    values: tuple[str, ...] = ()
    vault: tuple[str, ...] = ()
    aws: tuple[str, ...] = ()
    keyring: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    aws_accounts: tuple[str, ...] = ()
    gcp_projects: tuple[str, ...] = ()


class Allow(NamedTuple):
    """What proves `test` by the operator's word; None where no list stands."""

    aws_accounts: tuple[str, ...] | None = None
    hosts: tuple[str, ...] | None = None


class Manifest(NamedTuple):
    """The project's word: `[tool.credcheck]` or `credcheck.toml`.

    ``path`` is None for a project without one; ``options`` are the tables of the sources, by
    source name; ``services`` are the project's own services, as read.
    """

    root: Path
    path: Path | None = None
    project: str = ""
    sources: tuple[str, ...] = SOURCE_NAMES
    on_missing: Policies = Policies()
    on_broken: Policies = Policies(local="skip", ci="fail", fork="skip")
    ambient: Ambient = "warn"
    secrets: Mapping[str, SecretSpec] = {}
    suites: Mapping[str, Suite] = {}
    skip_budget: tuple[SkipBudget, ...] = ()
    refuse: Refuse = Refuse()
    allow: Allow = Allow()
    options: Mapping[str, Mapping[str, str | float]] = {}
    services: Mapping[str, Mapping[str, object]] = {}

    @property
    def limits_skips(self) -> bool:
        """Tell whether anything says how many tests may be skipped."""
        limits = (suite.max_skipped is not None for suite in self.suites.values())
        return bool(self.skip_budget) or any(limits)


class Context(NamedTuple):
    """Who is running, where, and with which environment; made once, at the door."""

    kind: ContextKind
    root: Path
    environ: Mapping[str, str]
    ci: str | None = None  # "GitHub Actions", "GitLab CI", "CI", or None
    reason: str = ""  # why this kind: "CI=true", "--context", …


# ── what a source answers ─────────────────────────────────────────────────────────────────────


class Request(NamedTuple):
    """One secret, as a source is asked for it; ``place`` is the manifest's word for that source."""

    spec: SecretSpec
    place: str | None = None

    @property
    def name(self) -> str:
        """The secret's name, by which the answer is filed."""
        return self.spec.name


class Found(NamedTuple):
    """The source has it; ``location`` says where, for people (`.env.test:3`)."""

    secret: Secret
    location: str = ""


class Absent(NamedTuple):
    """The source works and does not have it."""

    detail: str = ""


class Empty(NamedTuple):
    """The source has the name with an empty or blank value."""

    detail: str = ""


class Unreachable(NamedTuple):
    """The source did not answer in time, or not as that kind of server does."""

    detail: str
    hint: str = ""


class Denied(NamedTuple):
    """The source answered that we may not read it, or our sign-in failed."""

    detail: str
    hint: str = ""


class NotConfigured(NamedTuple):
    """The source was not set up, so it has nothing."""

    detail: str


Answer = Found | Absent | Empty | Unreachable | Denied | NotConfigured


class Held(NamedTuple):
    """One variable, or one comment line, that a local source holds."""

    name: str
    secret: Secret
    location: str
    comment: bool = False


class Health(NamedTuple):
    """How a source is: `ok`, `not-configured`, `unreachable` or `denied`.

    ``identity`` says as whom we are signed in, ``until`` how long that holds (a time with its
    zone, in the form of ISO 8601), ``hint`` what to do next.
    """

    status: Literal["ok", "not-configured", "unreachable", "denied", "not-asked"]
    detail: str = ""
    elapsed_ms: float | None = None
    identity: str = ""
    until: str | None = None
    hint: str = ""

    @classmethod
    def unwell(
        cls,
        answer: Absent | Denied | Unreachable | NotConfigured,
        elapsed_ms: float | None = None,
        hint: str = "",
    ) -> Self:
        """Say of a source what its answer says of a secret; ``hint`` where the answer has none."""
        status: Literal["denied", "not-configured", "unreachable"] = "unreachable"
        if isinstance(answer, Denied):
            status = "denied"
        elif isinstance(answer, NotConfigured):
            status = "not-configured"
        return cls(status, answer.detail, elapsed_ms, hint=getattr(answer, "hint", "") or hint)


# ── what becomes of a secret ──────────────────────────────────────────────────────────────────


class Attempt(NamedTuple):
    """What one source answered for one secret."""

    source: str
    outcome: AttemptOutcome
    detail: str = ""


class Resolution(NamedTuple):
    """The search for one secret: its winner, if any, and the whole trail.

    ``state`` is None when a value won and is still to be judged. ``shadowed`` are the values of
    later local sources that a winner hides; they are judged too, never used.
    """

    spec: SecretSpec
    secret: Secret | None
    source: str | None
    location: str
    state: State | None
    attempts: tuple[Attempt, ...]
    shadowed: tuple[tuple[str, str, Secret], ...] = ()  # source, location, value
    hint: str = ""


class Verdict(NamedTuple):
    """What a value proves about itself; no field holds the value or a part of it."""

    mode: Mode
    service: str | None = None
    kind: str | None = None
    placeholder: bool = False
    warnings: tuple[str, ...] = ()
    reason: str = ""
    malformed: bool = False  # the service, or the operator's list, marks what is test; this is not


class Need(NamedTuple):
    """What tests need, as read from their source: every one of ``all_of``, one of each group."""

    all_of: tuple[str, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, each once, in order."""
        return tuple(dict.fromkeys((*self.all_of, *(n for group in self.any_of for n in group))))


class TestGroup(NamedTuple):
    """Tests of one module with the same need; ``count`` of them, the first at ``line``.

    ``path`` is relative to the root, with forward slashes. ``opaque``: a name could not be read.
    """

    path: str
    line: int
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody needs
    need: Need
    opaque: bool = False


# Not a test class, whatever pytest thinks of its name. A named tuple's body may not say so itself.
TestGroup.__test__ = False  # type: ignore[attr-defined]


# ── the report ────────────────────────────────────────────────────────────────────────────────


class Finding(NamedTuple):
    """One thing worth telling."""

    code: str
    severity: Severity
    message: str
    hint: str = ""
    secret: str | None = None
    suite: str | None = None
    url: str = ""


class SecretStatus(NamedTuple):
    """What became of one secret."""

    name: str
    state: State
    mode: Mode
    service: str | None
    source: str | None
    reason: str
    attempts: tuple[Attempt, ...] = ()
    description: str | None = None
    obtain: str | None = None
    hint: str = ""


class SuiteStatus(NamedTuple):
    """What will become of one suite; ``tests`` is None when no test could be counted.

    ``results`` count what pytest did, by pytest's own words; None in a preflight.
    """

    name: str
    outcome: SuiteOutcome
    tests: int | None
    missing: tuple[str, ...]
    reason: str
    results: Mapping[str, int] | None = None


class SourceStatus(NamedTuple):
    """What one source did in this run."""

    name: str
    status: str
    detail: str = ""
    elapsed_ms: float | None = None


class Report(NamedTuple):
    """Everything that `credcheck check` knows, without a value."""

    version: str
    context: ContextKind
    exit_code: int
    sources: tuple[SourceStatus, ...]
    secrets: tuple[SecretStatus, ...]
    suites: tuple[SuiteStatus, ...]
    findings: tuple[Finding, ...]
    context_reason: str = ""
    root: str = ""
    manifest: str | None = None

    @property
    def ok(self) -> bool:
        """Tell whether nothing stands in the way."""
        return self.exit_code == 0
