"""What a value proves about itself: test, live, or nothing.

The two mistakes are not equal: a live key that is taken for test charges cards, a test key that is
taken for unknown costs a minute. So one live marker in a sensible place makes `live`, whatever else
the value looks like, and `test` needs the marker in its place and a rest that fits its vendor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from credcheck.classifier.evidence import Evidence
from credcheck.classifier.live import find_live, live_marker, refused_marker
from credcheck.classifier.placeholder import is_placeholder
from credcheck.classifier.proof import find_test
from credcheck.classifier.rules import Rules, services_of
from credcheck.services.schema import LONG

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from credcheck.model import Verdict

__all__ = [
    "Rules",
    "classify",
    "is_placeholder",
    "live_marker",
    "own_live_marker",
    "own_markers",
    "refused_marker",
]


def classify(
    value: str,
    service: str | None = None,
    companions: Mapping[str, str] | None = None,
    *,
    rules: Rules | None = None,
) -> Verdict:
    """Judge one value.

    Args:
        value: the credential, as it was found.
        service: the id of the service that issued it, if that is declared.
        companions: other variables of the same environment, by name: endpoints, accounts, the
            other half of a pair.
        rules: the operator's lists and own services.

    Returns:
        A verdict without the value. This never raises, is linear in the length of the value, and
        makes no request.
    """
    used = rules or Rules()
    evidence = Evidence(value, services_of(service, used), companions or {}, used)
    live = find_live(evidence)
    return live if live is not None else find_test(evidence)


def own_live_marker(text: str, rules: Rules) -> str | None:
    """Say of which of the project's own services a live marker stands in a text, or None."""
    folded = text.casefold()
    for service, marker in own_markers(rules):
        if marker.casefold() in folded:
            verdict = classify(text, service, rules=rules)
            if verdict.mode == "live":
                return verdict.reason
    return None


def own_markers(rules: Rules) -> Iterator[tuple[str, str]]:
    """Give the project's own services with those live markers that count anywhere in a value."""
    for service, table in rules.services.items():
        for kind in cast("Sequence[Mapping[str, Any]]", table.get("kinds", ())):
            for marker in kind.get("live", ()):
                if len(marker) >= LONG:
                    yield service, marker
