"""The facade: a manifest and a context give values and a report.

The doors (command, plugin, library) use this and nothing below it. One broker resolves each
secret once; what is asked for later is resolved then, and only that.
"""

from __future__ import annotations

import os
from _thread import RLock  # threading would cost the command more than all its work
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

from credcheck.context import detect_context
from credcheck.errors import NotReady, Refused
from credcheck.judging import Judge, how_to_get, read_value_file, refused_place
from credcheck.ledger import Ledger, findings_of, plain
from credcheck.model import (
    Attempt,
    Finding,
    Resolution,
    SecretSpec,
    SecretStatus,
    SourceStatus,
    Suite,
)
from credcheck.preflight import assign, decide, exit_code, refusal_sentence, suite_by_path
from credcheck.reporting import about, make_report, select
from credcheck.resolver import resolve
from credcheck.secret import Secret, remember
from credcheck.sources import REMOTE, third_party_names
from credcheck.surroundings import Surroundings, ends_everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from credcheck.model import Context, Health, Manifest, Need, Report, TestGroup
    from credcheck.preflight import Decision
    from credcheck.reporting import Selection
    from credcheck.resolver import Watch

    Upstream = Callable[[Sequence[str]], Mapping[str, Any]]  # names to what `Broker.dump` gives

P = ParamSpec("P")
R = TypeVar("R")
_lock = RLock()


def _after_fork() -> None:
    """Give a child its own lock: a thread that held it does not exist there."""
    global _lock  # noqa: PLW0603
    _lock = RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _one_at_a_time(
    method: Callable[Concatenate[Broker, P], R],
) -> Callable[Concatenate[Broker, P], R]:
    """Let threads wait for each other, so that a secret is resolved once."""

    @wraps(method)
    def locked(self: Broker, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with _lock:
            return method(self, *args, **kwargs)

    return locked


class Broker:
    """Hands out test credentials and tells what became of each.

    Make one with :meth:`load`. Nothing is asked before the first secret is. Threads may share it.
    """

    def __init__(self, manifest: Manifest, context: Context) -> None:
        self.manifest = manifest
        self.context = context
        self.watch: Watch | None = None  # what is entered while a remote source is asked
        self._around = Surroundings(manifest, context)
        self._ledger = Ledger()
        self._probed: set[str] = set()
        self._source_statuses: dict[str, SourceStatus] = {}
        self._upstream: Upstream | None = None
        self._restored: tuple[Finding, ...] | None = None

    @classmethod
    def load(
        cls,
        path: Path | str | None = None,
        *,
        context: str | None = None,
        environ: Mapping[str, str] | None = None,
        cwd: Path | str | None = None,
    ) -> Self:
        """Find and read the manifest, and detect the context.

        Args:
            path: the manifest's file; if not said, `CREDCHECK_MANIFEST` or the search upward.
            context: `local`, `ci` or `fork`, to overrule the detection.
            environ: the environment to read; the process's own if not said.
            cwd: the folder in which the search begins; the working directory if not said.

        Raises:
            UsageError: the manifest, or what was asked for, is wrong.
        """
        from pathlib import Path as PathClass

        from credcheck.manifest import load_manifest
        from credcheck.services import service_ids

        # the library is a door: this is where the world is read for those who do not hand it in
        variables = dict(os.environ) if environ is None else environ  # noqa: TID251
        folder = PathClass.cwd() if cwd is None else PathClass(cwd).absolute()
        named = path or variables.get("CREDCHECK_MANIFEST") or None
        manifest = load_manifest(
            folder,
            explicit=None if named is None else folder / named,
            known_services=service_ids(),
            installed_sources=third_party_names,
        )
        return cls(manifest, detect_context(variables, manifest.root, context))

    @classmethod
    async def aload(
        cls,
        path: Path | str | None = None,
        *,
        context: str | None = None,
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        names: Iterable[str] | None = None,
    ) -> Self:
        """Do as :meth:`load`, and resolve, without blocking the event loop of asyncio.

        Args:
            path: as for :meth:`load`, and so are ``context``, ``environ`` and ``cwd``.
            context: `local`, `ci` or `fork`.
            environ: the environment to read.
            cwd: the folder in which the search begins.
            names: the secrets to resolve; everything that the manifest declares if not said. Any
                other is resolved when it is asked for, and that blocks.

        Raises:
            UsageError: the manifest, or `.env.test`, is wrong.
        """
        import asyncio

        broker = await asyncio.to_thread(cls.load, path, context=context, environ=environ, cwd=cwd)
        wanted = tuple(broker.manifest.secrets if names is None else names)
        await asyncio.to_thread(broker.resolve, wanted)
        return broker

    # ── resolving ─────────────────────────────────────────────────────────────────────────────

    @_one_at_a_time
    def resolve(self, names: Iterable[str]) -> None:
        """Resolve these secrets, all at once; those that were resolved before are not asked again.

        Raises:
            UsageError: `.env.test` is broken.
        """
        new = [name for name in dict.fromkeys(names) if name not in self._ledger.statuses]
        if not new:
            return
        if self._upstream is not None:
            self.restore(self._upstream(new))
            return
        specs = []
        for spec in map(self.spec, new):
            place = refused_place(spec, self.manifest)
            if place is None:
                specs.append(spec)
            else:
                self._around.refused_places.append(place)
                self._ledger.enter_refused(spec, place)
        judge = self._around.judge  # first: it may set a broken file aside
        resolutions, statuses = resolve(
            specs,
            self._around.sources(),
            is_placeholder=judge.is_placeholder,
            keyring_for_all="keyring" in self.manifest.options,
            closed="not asked: the manifest refuses a place" if self._around.refused_places else "",
            watch=self.watch,
        )
        for status in statuses:
            known = self._source_statuses.get(status.name)
            if known is None or status.status != "not-asked":
                self._source_statuses[status.name] = status
        for name, resolution in resolutions.items():
            self._file(resolution)
            if not resolution.spec.declared:
                self._note_undeclared(name)

    def probe(self, names: Iterable[str] | None = None) -> None:
        """Ask the vendors whether the keys work and which mode they have; each is asked once.

        Nothing is asked for a value that is live, nor at all once anything is refused.

        Args:
            names: the secrets; all that were resolved, if not said.

        Raises:
            UsageError: `.env.test` is broken.
        """
        wanted = tuple(dict.fromkeys(self._ledger.statuses if names is None else names))
        self.resolve(wanted)
        if self.refusals():
            return
        from credcheck.confirming import ask, settle

        ledger, judge = self._ledger, self._around.judge
        unasked = [
            (self.spec(name), ledger.values[name])
            for name in wanted
            if name in ledger.values and name not in self._probed
        ]
        self._probed.update(spec.name for spec, _ in unasked)
        beside = {**self._around.variables(), **ledger.values}
        answers = ask(unasked, self.manifest, self.context, judge, beside)
        for name, answer in answers.items():
            before, told = ledger.statuses[name], ledger.findings[name]
            renewal = how_to_get(self.spec(name), self.context, self.manifest)
            status, told = settle(before, told, renewal, answer)
            ledger.enter(status, told, ledger.values[name])

    def spec(self, name: str) -> SecretSpec:
        """Give the declaration of a secret; one that nobody declared is resolved by its name."""
        return self.manifest.secrets.get(name) or SecretSpec(name=name, declared=False)

    def status(self, name: str) -> SecretStatus:
        """Tell what became of one secret; it is resolved if it was not yet.

        Raises:
            UsageError: `.env.test` is broken.
        """
        self.resolve((name,))
        return self._ledger.statuses[name]

    def resolved(self) -> tuple[str, ...]:
        """Give the names that were resolved so far."""
        return tuple(self._ledger.statuses)

    @_one_at_a_time
    def provide(self, name: str, value: str) -> SecretStatus:
        """Take a credential that exists only at run time, and judge it at once.

        Args:
            name: the secret's name, declared with `provided-by`.
            value: what the fixture's server gave.

        Returns:
            Its status; a `live` one is in :meth:`refusals` too and is never handed out.
        """
        attempt = Attempt(source="fixture", outcome="found")
        self._file(
            Resolution(
                spec=self.spec(name),
                secret=Secret(value),
                source="fixture",
                location="a fixture",
                state=None,
                attempts=(attempt,),
            )
        )
        return self._ledger.statuses[name]

    @_one_at_a_time
    def variables(self) -> dict[str, Secret]:
        """Give every variable of the environment and of `.env.test`, whose values win.

        Nothing is resolved or judged.

        Raises:
            UsageError: `.env.test` is broken.
        """
        return self._around.hygiene.variables()

    @_one_at_a_time
    def judge(self, name: str, secret: Secret, beside: Mapping[str, Secret]) -> SecretStatus:
        """Judge a value that is not kept yet.

        Args:
            name: the secret that it is to be.
            secret: the value.
            beside: values by name that will stand beside it; the environment's do anyway.

        Returns:
            Its status. The broker itself keeps nothing of it.
        """
        companions = {**self._around.variables(), **beside}
        resolution = Resolution(
            spec=self.spec(name),
            secret=secret,
            source=None,
            location="the answer",
            state=None,
            attempts=(),
        )
        return Judge(self.manifest, self.context, companions).status(resolution, {})[0]

    def remember_local(self) -> None:
        """Note what the local sources hold for the declared secrets, so that it can be scrubbed.

        Nothing is resolved, and no remote source is asked. Broken files are told of later.
        """
        from credcheck.errors import UsageError

        try:
            local = self._around.hygiene.local()
        except UsageError:
            return
        judge = self._around.judge
        specs = self.manifest.secrets.values()
        owners = {name: spec for spec in specs for name in spec.names}
        for held in local:
            spec = owners.get(held.name)
            if spec is not None and not judge.is_placeholder(spec, held.secret):
                self._remember(spec, held.secret)

    # ── handing out ───────────────────────────────────────────────────────────────────────────

    def value(self, name: str) -> Secret:
        """Give the wrapped value of a ready secret.

        Raises:
            Refused: it is a production credential.
            NotReady: it is in any other state but `ready`.
        """
        status = self.status(name)
        if status.state == "live":
            message = f"{name} is a production credential: {status.reason}"
            raise Refused(name, message, status.hint)
        if name not in self._ledger.values or status.state != "ready":
            raise NotReady(name, f"{name} is {status.state}: {status.reason}", status.hint)
        return self._ledger.values[name]

    def __getitem__(self, name: str) -> str:
        return self.value(name).reveal()

    def get(self, name: str) -> str | None:
        """Give the value, or None when the secret is not ready.

        Raises:
            Refused: it is a production credential.
        """
        try:
            return self[name]
        except Refused:
            raise
        except NotReady:
            return None

    def health(self) -> dict[str, Health]:
        """Tell how each source is; those of which the manifest wants nothing are not asked.

        Returns:
            The health by source name, in asking order.
        """
        from contextlib import nullcontext

        from credcheck.model import Health

        told = {}
        for name, source in self._around.sources():
            if source is None:
                told[name] = Health("not-asked", "no secret names a place there")
                continue
            with self.watch(name) if self.watch and name in REMOTE else nullcontext():
                told[name] = source.health()
        return told

    # ── telling ───────────────────────────────────────────────────────────────────────────────

    @_one_at_a_time
    def refusals(self) -> tuple[Finding, ...]:
        """Give what ends the whole run: production credentials and refused places.

        Raises:
            UsageError: `.env.test` is broken.
        """
        told = (*self._ledger.told(), *self._elsewhere())
        return tuple(found for found in told if ends_everything(found))

    @_one_at_a_time
    def findings(self) -> tuple[Finding, ...]:
        """Give everything worth telling of what was resolved so far.

        Raises:
            UsageError: `.env.test` is broken.
        """
        return (*self._ledger.told(), *self._elsewhere())

    def suite_secrets(self, path: str) -> tuple[str, ...]:
        """Give the secrets of the suite to whose `paths` a test module belongs."""
        suite = suite_by_path(self.manifest, path)
        return suite.secrets if suite else ()

    @_one_at_a_time
    def decide(self, path: str, need: Need, *, strict: bool = False) -> Decision:
        """Decide whether a test runs.

        Args:
            path: its module, relative to the root, with forward slashes.
            need: what its marks say; its suite adds to it.
            strict: every policy is `fail`.

        Raises:
            UsageError: `.env.test` is broken.
        """
        suite = assign(self.manifest, path, need)
        self.resolve(suite.secrets)
        return self._decided(suite, refused=refusal_sentence(self.refusals()), strict=strict)

    @_one_at_a_time
    def report(
        self,
        *,
        suites: Sequence[str] = (),
        strict: bool = False,
        groups: Sequence[TestGroup] = (),
        unreadable: Sequence[str] = (),
        probe: bool = False,
    ) -> Report:
        """Resolve everything that is needed, and tell which suites will run, and why not.

        Args:
            suites: narrows the report and its exit code to these suites.
            strict: every policy is `fail`, every warning an error.
            groups: the tests, as :func:`credcheck.discovery.discover` gives them.
            unreadable: sentences about test files that could not be read.
            probe: ask the vendors about the keys first, as :meth:`probe` does.

        Raises:
            CommandLineError: there is no suite of that name.
            UsageError: `.env.test` is broken.
        """
        selection = select(self.manifest, groups, suites)
        if probe:
            self.probe(selection.secrets)
        return self._report_on(selection, strict=strict, unreadable=unreadable)

    def _report_on(
        self, selection: Selection, *, strict: bool = False, unreadable: Sequence[str] = ()
    ) -> Report:
        from credcheck import __version__

        self.resolve(selection.secrets)
        return make_report(
            selection,
            version=__version__,
            manifest=self.manifest,
            context=self.context,
            statuses=self._ledger.statuses,
            findings=self.findings(),
            sources=self._source_lines(),
            refusals=self.refusals(),
            unreadable=unreadable,
            strict=strict,
            today=self._today(),
        )

    @_one_at_a_time
    def _today(self) -> str:
        """Give the day where something depends on it."""
        if not self.manifest.limits_skips:
            return ""
        from time import strftime

        return strftime("%Y-%m-%d")

    def skips_over_budget(self, skipped: Mapping[str, int]) -> dict[str, str]:
        """Tell which suites skipped more tests than may be.

        Args:
            skipped: how many tests were skipped for want of a secret, by suite.

        Returns:
            A sentence for each suite that did.
        """
        from credcheck.budgets import limit_of, over

        told = {}
        for suite, count in skipped.items() if self.manifest.limits_skips else ():
            limit = limit_of(self.manifest, suite, self.context.kind, self._today())
            if limit is not None and count > limit:
                told[suite] = over(count, limit)
        return told

    def explain(self, name: str, groups: Sequence[TestGroup] = ()) -> Report:
        """Tell about one secret: its trail, the suites that wait for it, and what to do.

        Args:
            name: the secret; it stands first in the report's.
            groups: the tests, as :func:`credcheck.discovery.discover` gives them.

        Returns:
            A report whose exit code is that of a suite that needs just this secret.

        Raises:
            UsageError: `.env.test` is broken.
        """
        report = self._report_on(about(self.manifest, name, groups))
        alone = Suite(name=name, requires=(name,))
        refused = refusal_sentence(self.refusals())
        decision = self._decided(alone, refused=refused, strict=False)
        return report._replace(
            exit_code=exit_code([decision], (), refused=bool(refused), strict=False),
            findings=tuple(f for f in report.findings if f.secret in {name, None}),
        )

    # ── xdist ─────────────────────────────────────────────────────────────────────────────────

    def follow(self, upstream: Upstream) -> None:
        """Resolve nothing here from now on: another broker is asked, by its :meth:`dump`."""
        self._upstream = upstream
        self._restored = ()

    @_one_at_a_time
    def dump(self, names: Iterable[str]) -> dict[str, Any]:
        """Resolve these, and give what became of them, with the values: for execnet alone.

        Raises:
            UsageError: `.env.test` is broken.
        """
        names = tuple(dict.fromkeys(names))
        self.resolve(names)
        return {**self._ledger.dump(names), "elsewhere": plain(self._elsewhere())}

    @_one_at_a_time
    def account(self, names: Iterable[str]) -> dict[str, Any]:
        """Give what became of these resolved secrets in builtin types, without any value."""
        return self._ledger.account(names)

    @_one_at_a_time
    def restore(self, state: Mapping[str, Any]) -> None:
        """Take what another broker gave by :meth:`dump` or :meth:`account`."""
        self._ledger.restore(state)
        for name in state.get("values", ()):
            self._remember(self.spec(name), self._ledger.values[name])
        if "elsewhere" in state:
            self._restored = tuple(findings_of(state["elsewhere"]))

    def _source_lines(self) -> list[SourceStatus]:
        return [
            self._source_statuses.get(name) or SourceStatus(name=name, status="not-asked")
            for name in self.manifest.sources
        ]

    # ── inside ────────────────────────────────────────────────────────────────────────────────

    def _elsewhere(self) -> tuple[Finding, ...]:
        """Findings that belong to no secret that was asked for."""
        if self._restored is not None:
            return self._restored
        return self._around.findings(self._ledger.statuses)

    def _file(self, resolution: Resolution) -> None:
        judge, spec = self._around.judge, resolution.spec
        live_places = self._around.hygiene.live_places(judge) if self._restored is None else {}
        status, told = judge.status(resolution, live_places)
        self._ledger.enter(status, told, resolution.secret)
        if resolution.secret is not None and status.state != "placeholder":
            self._remember(spec, resolution.secret)
        for _, _, shadowed in resolution.shadowed:
            self._remember(spec, shadowed)

    def _remember(self, spec: SecretSpec, secret: Secret) -> None:
        """Note a value for scrubbing; of a `file = true` secret the content, and not the path."""
        if spec.file:
            secret = Secret(read_value_file(self.manifest, secret) or "")
        remember(spec.name, secret)

    def _note_undeclared(self, name: str) -> None:
        if not self.manifest.secrets:
            return
        from difflib import get_close_matches

        from credcheck.findings import finding

        close = get_close_matches(name, self.manifest.secrets, n=1, cutoff=0.8)
        if close:
            self._ledger.add(name, finding("CRED015", secret=name, other=close[0]))

    def _decided(self, suite: Suite, *, refused: str, strict: bool) -> Decision:
        return decide(
            suite,
            self._ledger.statuses,
            self.manifest,
            self.context.kind,
            refused=refused,
            strict=strict,
        )
