"""What became of each secret so far: its status, its value if it is ready, what is to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credcheck.findings import finding
from credcheck.model import Attempt, Finding, SecretStatus
from credcheck.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from credcheck.model import SecretSpec


class Ledger:
    """An account of the secrets of one run; it crosses processes in builtin types."""

    def __init__(self) -> None:
        self.statuses: dict[str, SecretStatus] = {}
        self.values: dict[str, Secret] = {}  # of those that are ready, and of no other
        self.findings: dict[str, list[Finding]] = {}

    def enter(
        self, status: SecretStatus, findings: Sequence[Finding], secret: Secret | None
    ) -> None:
        """Enter what became of a secret, in the place of what was entered before."""
        self.statuses[status.name] = status
        self.findings[status.name] = list(findings)
        self.values.pop(status.name, None)
        if secret is not None and status.state == "ready":
            self.values[status.name] = secret

    def enter_refused(self, spec: SecretSpec, place: str) -> None:
        """Enter a secret whose place the manifest refuses, so that it was not read."""
        told = finding("CRED016", secret=spec.name, where=place)
        status = SecretStatus(
            name=spec.name,
            state="live",
            mode="live",
            service=spec.service,
            source=None,
            reason=f"its place, {place}, is refused by the manifest and was not read",
            description=spec.description,
            obtain=spec.obtain,
            hint=told.hint,
        )
        self.enter(status, [told], None)

    def add(self, name: str, told: Finding) -> None:
        """Add to what is to be told of a secret."""
        self.findings[name].append(told)

    def told(self) -> Iterator[Finding]:
        """Give everything that is to be told, in the order in which the secrets were entered."""
        return (found for findings in self.findings.values() for found in findings)

    # ── on the way to another process ─────────────────────────────────────────────────────────

    def account(self, names: Iterable[str]) -> dict[str, Any]:
        """Give what became of these secrets in builtin types, without any value."""
        statuses = {name: self.statuses[name] for name in names}
        return {
            "statuses": {
                name: [*status._replace(attempts=()), [list(a) for a in status.attempts]]
                for name, status in statuses.items()
            },
            "findings": {name: plain(self.findings[name]) for name in statuses},
        }

    def dump(self, names: Iterable[str]) -> dict[str, Any]:
        """Give the same with the values: for execnet's channel alone."""
        names = tuple(names)
        values = {name: self.values[name].reveal() for name in names if name in self.values}
        return {**self.account(names), "values": values}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take what another ledger gave by :meth:`account` or :meth:`dump`."""
        values = state.get("values", {})
        for name, (*fields, attempts) in state["statuses"].items():
            trail = tuple(Attempt(*attempt) for attempt in attempts)
            status = SecretStatus(*fields)._replace(attempts=trail)
            secret = Secret(values[name]) if name in values else None
            self.enter(status, findings_of(state["findings"][name]), secret)


def plain(findings: Iterable[Finding]) -> list[list[Any]]:
    """Give findings in builtin types."""
    return [list(found) for found in findings]


def findings_of(told: Iterable[Iterable[Any]]) -> list[Finding]:
    """Give the findings that :func:`plain` made plain."""
    return [Finding(*fields) for fields in told]
