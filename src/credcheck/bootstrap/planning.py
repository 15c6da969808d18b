"""What is to be done for each secret; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from credcheck.model import BROKEN_STATES, MISSING_STATES, USABLE_STATES, Need
from credcheck.preflight import assign, merge, need_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from credcheck.model import Manifest, Report, SecretStatus, TestGroup

Store = Literal["dotenv", "keyring"]
Action = Literal["keep", "copy", "ask", "sign-in", "wait", "leave"]

_LOCAL = {"dotenv", "env"}


class Step(NamedTuple):
    """What is to be done for one secret, and for whom."""

    status: SecretStatus
    action: Action
    suites: tuple[str, ...]
    alternatives: tuple[str, ...] = ()  # one of these would do as well
    is_path: bool = False  # the value is the path of a file, which may be seen

    @property
    def name(self) -> str:
        """The secret's name."""
        return self.status.name


class Plan(NamedTuple):
    """Every step, and what the suites need."""

    steps: tuple[Step, ...]
    needs: Mapping[str, Need]

    def doing(self, action: Action) -> tuple[Step, ...]:
        """Give the steps of one action."""
        return tuple(step for step in self.steps if step.action == action)

    @property
    def is_ready(self) -> bool:
        """Tell whether there is nothing to do."""
        return all(step.action in {"keep", "wait", "leave"} for step in self.steps)

    def is_wanted(self, name: str, usable: Collection[str]) -> bool:
        """Tell whether a missing secret would make a difference beside those that are there."""
        if not self.needs:
            return True
        for need in self.needs.values():
            if name in need.all_of:
                return True
            if any(name in group and not set(group) & set(usable) for group in need.any_of):
                return True
        return False


def make_plan(
    manifest: Manifest,
    report: Report,
    groups: Sequence[TestGroup],
    *,
    suites: Sequence[str] = (),
    store: Store = "dotenv",
) -> Plan:
    """Plan what has to be done.

    Args:
        manifest: the declared suites.
        report: what became of each secret that is to be ready; none of them is live.
        groups: the tests, as :func:`credcheck.discovery.discover` gives them.
        suites: the names of the suites that it is about; empty for all.
        store: where values are to be kept.
    """
    needs = _needs(manifest, groups, suites)
    usable = {s.name for s in report.secrets if s.state in USABLE_STATES}
    paths = {spec.name for spec in manifest.secrets.values() if spec.file}
    plan = Plan((), needs)
    steps = tuple(
        Step(
            status=status,
            action=_action(status, plan, usable, store),
            suites=tuple(name for name, need in needs.items() if status.name in need.names),
            alternatives=_alternatives(status.name, needs),
            is_path=status.name in paths,
        )
        for status in report.secrets
    )
    return plan._replace(steps=steps)


def _needs(
    manifest: Manifest, groups: Sequence[TestGroup], suites: Sequence[str]
) -> dict[str, Need]:
    """Give what each suite needs, by its name."""
    needs = {
        name: need_of(suite)
        for name, suite in manifest.suites.items()
        if not suites or name in suites
    }
    for group in groups:
        suite = assign(manifest, group.path, group.need)
        if not suites or {suite.name, group.path.removesuffix(".py")} & set(suites):
            needs[suite.name] = merge(needs.get(suite.name, Need()), need_of(suite))
    return {name: need for name, need in needs.items() if need.names}


def _action(status: SecretStatus, plan: Plan, usable: Collection[str], store: Store) -> Action:
    if status.state == "deferred":
        return "wait"
    if status.state == "ready":
        near = status.source in _LOCAL or status.source == store
        return "keep" if near else "copy"
    if not plan.is_wanted(status.name, usable):
        return "leave"
    if status.state in BROKEN_STATES:
        return "sign-in"
    assert status.state in MISSING_STATES, status.state  # noqa: S101  # live ones were refused
    return "ask"


def _alternatives(name: str, needs: Mapping[str, Need]) -> tuple[str, ...]:
    """Give the other names of the groups of which one is enough."""
    if any(name in need.all_of for need in needs.values()):
        return ()
    others = [
        other
        for need in needs.values()
        for group in need.any_of
        if name in group
        for other in group
        if other != name
    ]
    return tuple(dict.fromkeys(others))
