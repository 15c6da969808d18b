"""The proof of test: a marker in its place and a rest that fits, or a place that is documented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.classifier.aws import account_of
from credcheck.classifier.checksum import has_checksum
from credcheck.classifier.normalize import clean
from credcheck.classifier.placeholder import (
    is_dummy_word,
    is_file_name,
    is_placeholder,
    is_run,
)
from credcheck.model import Verdict
from credcheck.services import load_service, test_candidates
from credcheck.services.shape import fits

if TYPE_CHECKING:
    from credcheck.classifier.evidence import Evidence
    from credcheck.services import Dummy, Form, Kind, Service

# Prefixes that several vendors use: without a declared service they prove nothing.
_SHARED = ("sk_test_", "pk_test_", "rk_test_", "test_", "TEST", "sandbox_", "sandbox-")


def find_test(evidence: Evidence) -> Verdict:
    """Judge a value in which nothing is live."""
    text, service = evidence.text, evidence.service
    if not text.strip():
        return _unknown(evidence, "it is empty")
    dummy = service.dummies.get(text) if service else None
    if dummy is not None:
        return _of_dummy(evidence, dummy)
    proven = _of_form(evidence)
    if proven is not None:
        return proven
    if is_placeholder(text) or _is_dummy_key(service, text):
        return _unknown(evidence, "it is a placeholder, not a value", placeholder=True)
    return (
        _of_account(evidence)
        or _of_place(evidence)
        or _of_neighbors(evidence)
        or _unproven(evidence)
    )


def _unknown(evidence: Evidence, reason: str, *, placeholder: bool = False) -> Verdict:
    return Verdict(
        mode="unknown", service=evidence.service_id, placeholder=placeholder, reason=reason
    )


def _test(
    evidence: Evidence, reason: str, kind: str | None = None, *warnings: str, service: str = ""
) -> Verdict:
    return Verdict(
        mode="test",
        service=service or evidence.service_id,
        kind=kind,
        warnings=warnings,
        reason=reason,
    )


def _of_dummy(evidence: Evidence, dummy: Dummy) -> Verdict:
    """A documented value counts whole, and at its endpoint where it has one."""
    loopback = any(place.is_loopback for place in evidence.endpoints)
    if dummy.endpoint == "loopback" and not loopback:
        reason = f"it is {dummy.what}, and works at a local server only"
        return _unknown(evidence, reason, placeholder=True)
    if dummy.proves != "test":
        return _unknown(evidence, f"it is {dummy.what}", placeholder=True)
    warning = f"it is publicly documented: {dummy.what}"
    return _test(evidence, f"it is {dummy.what} of {evidence.title}", dummy.kind, warning)


def _is_dummy_key(service: Service | None, text: str) -> bool:
    """Tell whether a dummy follows a marker, or a file's name stands where a value should."""
    for kind in service.kinds if service else ():
        for form in kind.forms:
            if not text.startswith(form.prefix):
                continue
            tail = text[len(form.prefix) :]
            if fits(form.tail, text, len(form.prefix)):
                return is_run(tail) or (kind.checksum is not None and not has_checksum(tail))
            if (
                form.prefix
                and form.mode == "test"
                and tail
                and (is_dummy_word(tail) or is_run(tail))
            ):
                return True
    return is_file_name(text)


def _matching(service: Service, text: str, mode: str) -> tuple[Kind, Form] | None:
    """Give the kind and form that fit in full; the longest prefix goes first."""
    found = [
        (kind, form)
        for kind in service.kinds
        for form in kind.forms
        if form.mode == mode
        and text.startswith(form.prefix)
        and fits(form.tail, text, len(form.prefix))
    ]
    for kind, form in sorted(found, key=lambda pair: -len(pair[1].prefix)):
        tail = text[len(form.prefix) :]
        if not any(tail.startswith(foreign) for foreign in kind.foreign_tails):
            return kind, form
    return None


def _of_form(evidence: Evidence) -> Verdict | None:
    service, text = evidence.service, evidence.text
    if not text.isascii() or not text.isprintable():
        return None
    if service is None:
        return _of_only_service(evidence)
    found = _matching(service, text, "test")
    if found is None or found[0].confidence == "guess":
        return None
    kind, form = found
    if is_run(text[len(form.prefix) :]):
        return None
    marker = f", marked {form.prefix}" if form.prefix else ""
    warnings = (f"a {kind.what} is made to be published",) if kind.client_side else ()
    return _test(evidence, f"a {service.name} {kind.what} in test mode{marker}", kind.id, *warnings)


def _of_only_service(evidence: Evidence) -> Verdict | None:
    """Without a declared service the shape must fit exactly one."""
    text = evidence.text
    if text.startswith(_SHARED):
        return None
    fitting = []
    for service_id in test_candidates(text):
        service = load_service(service_id)
        found = _matching(service, text, "test")
        if found is not None and found[1].prefix and found[0].confidence != "guess":
            fitting.append((service, found[0]))
    if len(fitting) != 1:
        return None
    service, kind = fitting[0]
    reason = f"it has the form of a {service.name} {kind.what} in test mode, and of no other"
    return _test(evidence, reason, kind.id, service=service.id)


def _of_account(evidence: Evidence) -> Verdict | None:
    """An AWS key id holds its account: the operator's list decides."""
    allowed = evidence.rules.allow.aws_accounts
    text = evidence.text
    if evidence.service_id != "aws":
        return None
    if text[:4] in {"AKIA", "ASIA", "ABIA", "ACCA"} and len(text) == 20:
        account = account_of(text)
        if allowed is None:
            return _unknown(
                evidence, "it is an access key id; no list says which accounts are test"
            )
        if account is not None and account in allowed:
            return _test(evidence, "its account stands in allow.aws-accounts", "access-key-id")
        return _unknown(evidence, "its account does not stand in allow.aws-accounts")._replace(
            malformed=True
        )
    return None


def _of_place(evidence: Evidence) -> Verdict | None:
    """A URL or connection string: the hosts decide."""
    if not evidence.places:
        return None
    from credcheck.classifier.dsn import matches

    allowed = evidence.rules.allow.hosts
    sandbox = evidence.service.hosts.sandbox if evidence.service else ()
    if all(place.in_memory for place in evidence.places):
        return _test(evidence, "it cannot leave the process")
    hosts = [host for place in evidence.places for host in place.hosts]
    plain = evidence.text.isascii() and evidence.text.isprintable()
    if hosts and plain and all(matches(host, sandbox) for host in hosts):
        return _test(evidence, f"it leads to {evidence.title}'s sandbox host")
    if allowed is None:
        return _unknown(evidence, "its host proves nothing; allow.hosts can name what is test")
    if hosts and plain and all(matches(host, allowed) for host in hosts):
        return _test(evidence, "its host stands in allow.hosts")
    return _unknown(evidence, "its host does not stand in allow.hosts")._replace(malformed=True)


def _of_neighbors(evidence: Evidence) -> Verdict | None:
    """A half without a mode is judged by the endpoint, or by the half that carries it."""
    service, text = evidence.service, evidence.text
    if service is None or not text.isascii() or not text.isprintable():
        return None
    found = _matching(service, text, "bare")
    if found is None:
        return None
    kind = found[0]
    if kind.by_host and _is_sent_to_sandbox(evidence, service):
        return _test(evidence, f"it is sent to {service.name}'s sandbox host", kind.id)
    for other in evidence.others if kind.pair else ():
        partner = _matching(service, clean(other), "test")
        account = account_of(clean(other)) if service.id == "aws" else None
        allowed = evidence.rules.allow.aws_accounts or ()
        if account is not None and account in allowed:
            return _test(evidence, "its key id's account stands in allow.aws-accounts", kind.id)
        if partner is not None and partner[0].id in kind.pair:
            return _test(evidence, f"the {partner[0].what} beside it is in test mode", kind.id)
    return None


def _is_sent_to_sandbox(evidence: Evidence, service: Service) -> bool:
    hosts = [host for place in evidence.endpoints for host in place.hosts]
    if not hosts:
        return False
    from credcheck.classifier.dsn import matches

    return all(matches(host, service.hosts.sandbox) for host in hosts)


def _unproven(evidence: Evidence) -> Verdict:
    """Nothing proves anything: malformed where the service marks its test keys."""
    service = evidence.service
    if service is None:
        return _unknown(evidence, "no service is declared, and its form belongs to none alone")
    found = _matching(service, evidence.text, "bare")
    if found is not None:
        kind = found[0]
        verdict = _unknown(evidence, f"a {kind.what} of {service.name} carries no mode")
        return verdict._replace(kind=kind.id)
    if service.marks_test:
        reason = f"it does not have the form of a {service.name} test credential"
        return _unknown(evidence, reason)._replace(malformed=True)
    return _unknown(evidence, f"{service.name} credentials carry no mode")
