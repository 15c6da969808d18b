"""The proof of test in a URL or connection string: the hosts decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.classifier.hosts import leads_to, matches
from credcheck.classifier.verdicts import marks_test, proven, unknown

if TYPE_CHECKING:
    from credcheck.classifier.evidence import Evidence
    from credcheck.model import Verdict


def judge_place(evidence: Evidence) -> Verdict | None:
    """Judge a value that leads somewhere, whole and in one reading; None where it says nothing."""
    places = evidence.places
    described = any(place.scheme == "json" for place in places)
    if described != evidence.text.startswith("{") or (described and not evidence.leads_somewhere):
        return None  # another document, whose addresses are not where it leads
    if (verdict := _of_emulator(evidence)) is not None:
        return verdict
    plain = evidence.is_plain and all(place.is_plain for place in places)
    in_memory = evidence.leads_somewhere and all(place.in_memory for place in places)
    if plain and in_memory:
        return proven(evidence, "it cannot leave the process")
    allowed = evidence.rules.allow.hosts
    sandbox = evidence.service.hosts.sandbox if evidence.service else ()
    hosts = [host for place in places for host in place.hosts]
    plain = plain and bool(hosts)
    if plain and all(leads_to(place, sandbox) for place in places):
        return proven(evidence, f"it leads to {evidence.title}'s sandbox host")
    if plain and allowed is not None and all(matches(host, allowed) for host in hosts):
        return proven(evidence, "its host stands in allow.hosts")
    if not evidence.leads_somewhere and not all(place.whole for place in places):
        return None
    if allowed is None:
        reason = "its host proves nothing; allow.hosts can name what is test"
        return unknown(evidence, reason, malformed=marks_test(evidence))
    return unknown(evidence, "its host does not stand in allow.hosts", malformed=True)


def _of_emulator(evidence: Evidence) -> Verdict | None:
    """A connection string with an emulator's published key, to nothing but this machine."""
    dummies = evidence.service.dummies.values() if evidence.service else ()
    keys = [dummy.value for dummy in dummies if dummy.endpoint == "loopback"]
    if not keys or "=" not in evidence.text or not evidence.is_plain:
        return None
    from credcheck.classifier.emulators import is_emulators

    if not is_emulators(evidence.text, keys):
        return None
    return proven(evidence, f"it is {evidence.title}'s emulator on this machine")
