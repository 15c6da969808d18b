"""What a command may hand on: the ready secrets, once the policies have let it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credcheck.discovery import discover
from credcheck.model import USABLE_STATES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from credcheck.broker import Broker
    from credcheck.model import Report, SecretStatus
    from credcheck.secret import Secret


class Delivery(NamedTuple):
    """A report and, if its exit code is 0, the values of its ready secrets."""

    report: Report
    values: Mapping[str, Secret]

    @property
    def missing(self) -> tuple[SecretStatus, ...]:
        """Give the secrets that are left out by a policy that says skip."""
        return tuple(s for s in self.report.secrets if s.state not in USABLE_STATES)


def deliver(broker: Broker, suites: Sequence[str] = ()) -> Delivery:
    """Resolve what the suites, or else the whole project, need.

    Args:
        broker: knows the manifest.
        suites: the names; empty for everything that is declared or that a test needs.

    Returns:
        No value at all if a suite whose policy is `fail` lacks one, or anything is refused.

    Raises:
        CommandLineError: there is no suite of that name.
        UsageError: `.env.test` is broken.
    """
    manifest = broker.manifest
    problems: list[str] = []
    groups = discover(
        manifest.root,
        suite_paths=[path for suite in manifest.suites.values() for path in suite.paths],
        problems=problems,
    )
    report = broker.report(suites=suites, groups=groups, unreadable=problems)
    if report.exit_code:
        return Delivery(report, {})
    ready = (secret.name for secret in report.secrets if secret.state == "ready")
    return Delivery(report, {name: broker.value(name) for name in ready})
