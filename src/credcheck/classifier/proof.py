"""The proof of test: a marker in its place and a rest that fits, or a place that is documented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.classifier.aws import CREDENTIAL_PREFIXES, account_of, role_account
from credcheck.classifier.checksum import has_checksum
from credcheck.classifier.forms import Match, marked_tail, match_form
from credcheck.classifier.hosts import leads_to
from credcheck.classifier.normalize import clean
from credcheck.classifier.own_forms import glued_live
from credcheck.classifier.placeholder import (
    is_dummy_tail,
    is_dummy_word,
    is_file_name,
    is_placeholder,
    is_run,
)
from credcheck.classifier.verdicts import article, proven, unknown
from credcheck.services import load_service, test_candidates

if TYPE_CHECKING:
    from credcheck.classifier.evidence import Evidence
    from credcheck.model import Verdict
    from credcheck.services import Dummy, Service

_SHORTEST_ALONE = 20  # what fits a shorter form may be anybody's: `demo-shop`
# Prefixes that several vendors use: without a declared service they prove nothing.
_SHARED = ("sk_test_", "pk_test_", "rk_test_", "test_", "TEST", "sandbox_", "sandbox-")


def find_test(evidence: Evidence) -> Verdict:
    """Judge a value in which nothing is live."""
    text, service = evidence.text, evidence.service
    if not text.strip():
        return unknown(evidence, "it is empty")
    dummy = service.dummies.get(text) if service else None
    if dummy is not None:
        return _of_dummy(evidence, dummy)
    match = match_form(service, text) if service and evidence.is_one_text else None
    if _is_placeholder(evidence, match):
        return unknown(evidence, "it is a placeholder, not a value", placeholder=True)
    if service is None and evidence.is_plain and (verdict := _of_only_service(evidence)):
        return verdict
    return (
        (_of_marker(evidence, match) if match else None)
        or _of_token(evidence)
        or _of_account(evidence)
        or _of_place(evidence)
        or (_of_neighbors(evidence, match) if match else None)
        or _unproven(evidence, match)
    )


def _of_dummy(evidence: Evidence, dummy: Dummy) -> Verdict:
    """A documented value counts whole, and at its endpoint where it has one."""
    if dummy.endpoint is not None and not _is_sent_to(evidence, dummy.endpoint):
        at = "a local server" if dummy.endpoint == "loopback" else dummy.endpoint
        reason = f"it is {dummy.what}, and works at {at} only"
        return unknown(evidence, reason, placeholder=True)
    if dummy.proves != "test":
        return unknown(evidence, f"it is {dummy.what}", placeholder=True)
    warning = f"it is publicly documented: {dummy.what}"
    return proven(evidence, f"it is {dummy.what} of {evidence.title}", dummy.kind, warning)


def _is_sent_to(evidence: Evidence, endpoint: str) -> bool:
    """Tell whether every endpoint beside the value is the one that a dummy wants."""
    sandbox = evidence.service.hosts.sandbox if evidence.service else ()
    if endpoint != "loopback":
        sandbox = (endpoint,)
    return bool(evidence.endpoints) and all(
        (endpoint == "loopback" and place.is_loopback) or leads_to(place, sandbox)
        for place in evidence.endpoints
    )


def _is_placeholder(evidence: Evidence, match: Match | None) -> bool:
    text, service = evidence.text, evidence.service
    if match is not None:
        if match.form.mode == "test" and is_dummy_tail(match.tail):
            return True
        unissued = match.kind.checksum is not None and not has_checksum(match.tail)
        if unissued or is_run(match.tail):
            return True
        if match.form.prefix or match.form.mode != "bare":
            return False
        return is_placeholder(text)  # where no text is fixed, a word may have the form
    tail = marked_tail(service, text) if service else None
    if tail and (is_dummy_word(tail) or is_run(tail)):
        return True
    return is_placeholder(text) or is_file_name(text)


def _of_marker(evidence: Evidence, match: Match) -> Verdict | None:
    """A test marker in its place, and a rest that fits."""
    kind, prefix = match.kind, match.form.prefix
    if match.form.mode != "test" or kind.confidence == "guess" or kind.claims is not None:
        return None
    if evidence.service and _is_glued(evidence.service, evidence.text, match):
        return None
    marker = f", marked {prefix}" if prefix else ""
    warnings = (f"a {kind.what} is made to be published",) if kind.client_side else ()
    reason = f"{article(f'{evidence.title} {kind.what}')} in test mode{marker}"
    return proven(evidence, reason, kind.id, *warnings)


def _is_glued(service: Service, text: str, match: Match) -> bool:
    """Tell whether a second key, a live one, may follow the test key without a space."""
    least = len(match.form.prefix) + match.form.tail.least
    return len(text) > least and glued_live(service, text, least)


def _of_only_service(evidence: Evidence) -> Verdict | None:
    """Without a declared service the shape must fit exactly one."""
    text = evidence.text
    if text.startswith(_SHARED):
        return None
    fitting = []
    for service_id in test_candidates(text):
        service = load_service(service_id)
        match = match_form(service, text)
        if match is not None and match.form.mode == "test":
            fitting.append((service, match))
    if len(fitting) != 1:
        return None
    service, match = fitting[0]
    kind, form = match.kind, match.form
    if len(form.prefix) + form.tail.least < _SHORTEST_ALONE:
        return None
    if kind.confidence == "guess" or not form.prefix or is_dummy_tail(match.tail):
        return None
    if _is_glued(service, text, match):
        return None
    reason = (
        f"it has the form of {article(f'{service.name} {kind.what}')} in test mode, and of no other"
    )
    return proven(evidence, reason, kind.id, service=service.id)


def _of_token(evidence: Evidence) -> Verdict | None:
    token = evidence.token
    if token is None:
        return None
    from credcheck.classifier.token_proof import judge_token

    return judge_token(evidence, token)


def _of_place(evidence: Evidence) -> Verdict | None:
    if not evidence.places:
        return None
    from credcheck.classifier.place_proof import judge_place

    return judge_place(evidence)


def _of_account(evidence: Evidence) -> Verdict | None:
    """An AWS key id holds its account: the operator's list decides."""
    text = evidence.text
    if evidence.service_id != "aws" or len(text) != 20 or text[:4] not in CREDENTIAL_PREFIXES:
        return None
    if evidence.rules.allow.aws_accounts is None:
        reason = "it is an access key id; no list says which accounts are test"
        return unknown(evidence, reason, kind="access-key-id")
    return _by_account(evidence, account_of(text), "access-key-id", "its account")


def _by_account(evidence: Evidence, account: str | None, kind: str, what: str) -> Verdict:
    """Hold an account, and that of a role beside it, against the operator's list."""
    allowed = evidence.rules.allow.aws_accounts or ()
    if account is None or account not in allowed:
        reason = f"{what} does not stand in allow.aws-accounts"
        return unknown(evidence, reason, kind=kind, malformed=True)
    roles = {role_account(clean(other)) for other in evidence.others} - {None}
    if not roles.issubset(allowed):
        reason = "the account of the role beside it does not stand in allow.aws-accounts"
        return unknown(evidence, reason, kind=kind, malformed=True)
    return proven(evidence, f"{what} stands in allow.aws-accounts", kind)


def _of_neighbors(evidence: Evidence, match: Match) -> Verdict | None:
    """A half without a mode is judged by the endpoint, or by the half that carries it."""
    service, kind = evidence.service, match.kind
    if service is None or match.form.mode != "bare":
        return None
    ends = evidence.endpoints
    if kind.by_host and ends and all(leads_to(place, service.hosts.sandbox) for place in ends):
        return proven(evidence, f"it is sent to {service.name}'s sandbox host", kind.id)
    for other in evidence.others if kind.pair else ():
        partner = match_form(service, clean(other))
        if partner is None or partner.kind.id not in kind.pair:
            continue
        if partner.form.mode == "test" and not is_dummy_tail(partner.tail):
            return proven(evidence, f"the {partner.kind.what} beside it is in test mode", kind.id)
        if service.id == "aws" and evidence.rules.allow.aws_accounts is not None:
            return _by_account(
                evidence, account_of(clean(other)), kind.id, "the account of the key id beside it"
            )
    return None


def _unproven(evidence: Evidence, match: Match | None) -> Verdict:
    """Nothing proves anything: malformed where the service marks its test keys."""
    service = evidence.service
    if "-----BEGIN " in evidence.text:
        return _of_pem(evidence, match)
    if service is None:
        return unknown(evidence, "no service is declared, and its form belongs to none alone")
    if match is not None:
        kind = match.kind
        if match.form.mode == "test":
            reason = f"{article(f'{service.name} {kind.what}')} whose test marker is no proof"
        else:
            reason = f"{article(f'{kind.what} of {service.name}')} carries no mode"
        return unknown(evidence, reason, kind=kind.id)
    if service.marks_test:
        reason = f"it does not have the form of {article(service.name)} test credential"
        return unknown(evidence, reason, malformed=True)
    return unknown(evidence, f"{service.name} credentials carry no mode")


def _of_pem(evidence: Evidence, match: Match | None) -> Verdict:
    """A PEM block says what it is, and nothing of where it is used."""
    from credcheck.classifier.pem import describe, is_cut

    marks = evidence.service is not None and evidence.service.marks_test
    verdict = unknown(
        evidence,
        f"it is {describe(evidence.text)}, which carries no mode",
        kind=match.kind.id if match else None,
        malformed=match is None and marks,
    )
    cut = ("it is cut off: its last line is missing",) if is_cut(evidence.text) else ()
    return verdict._replace(warnings=cut)
