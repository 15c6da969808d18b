"""One question to one vendor: where to, with what, and in which order."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from credcheck.classifier.hosts import (
    canonical_host,
    is_loopback_host,
    is_refused_host,
    leads_to,
)
from credcheck.classifier.normalize import clean
from credcheck.classifier.urls import read_urls
from credcheck.probing.answer import Told, read_answer
from credcheck.probing.wire import NoAnswer, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from credcheck.probing import Question, Rules
    from credcheck.sources.deadline import Deadline


class CannotAsk(Exception):
    """The question cannot be put; ``reason`` says why, without a value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Step(NamedTuple):
    """One request: where to, and what it means to be accepted there."""

    url: str
    accepted: str = "unknown"  # "test", "live" or "unknown"
    own: bool = True  # the vendor's own host


def ask_vendor(question: Question, rules: Rules, deadline: Deadline) -> Told:
    """Ask at the endpoint beside the value, else at the vendor's sandbox and then its live host."""
    try:
        told = Told("unclear", reason="there is nobody to be asked")
        forbidden: Told | None = None
        for step in steps(question):
            told = _ask(question, step, rules, deadline)
            if not told.allowed and step.accepted == "test":
                forbidden = told  # that is no word about its mode; the next host may have one
            elif told.outcome != "rejected":
                break
        if forbidden is not None and told.outcome != "works":
            told = forbidden
    except CannotAsk as error:
        return Told("unclear", reason=error.reason)
    except NoAnswer as error:
        return Told("unclear", reason=error.reason)
    return told


def steps(question: Question) -> list[Step]:
    """Give the requests, in order; each next one is sent if the one before was rejected.

    Raises:
        CannotAsk: a variable is missing, or the endpoint is none that a key may be sent to.
    """
    probe = question.probe
    endpoint = _endpoint(question)
    if endpoint is not None:
        url = _joined(endpoint, _filled(question, probe.url, _quoted))
        places = tuple(read_urls(url))
        hosts = question.service.hosts
        if all(leads_to(place, hosts.sandbox) for place in places):
            return [Step(url, "test")]
        own = {urlsplit(each).hostname for each in (probe.url, probe.sandbox_url) if each}
        return [Step(url, own=urlsplit(url).hostname in own)]
    url = _filled(question, probe.url, _quoted)
    if not probe.sandbox_url:
        return [Step(url)]
    return [Step(_filled(question, probe.sandbox_url, _quoted), "test"), Step(url, "live")]


def _endpoint(question: Question) -> str | None:
    """Give the address that the environment names for the vendor's interface.

    Raises:
        CannotAsk: it is not https, and not this machine.
    """
    for name in question.service.endpoints:
        secret = question.beside.get(name)
        text = clean(secret.reveal()) if secret is not None else ""
        if not text:
            continue
        if "://" not in text:
            host = canonical_host(text.partition("/")[0].partition(":")[0])[0]
            text = f"{'http' if is_loopback_host(host) else 'https'}://{text}"
        if not is_safe(text):
            raise CannotAsk(f"{name} leads to no https address")
        return text
    return None


def is_safe(url: str) -> bool:
    """Tell whether a key may be sent there: by https, or to this machine."""
    places = tuple(read_urls(url))
    if len(places) != 1 or not places[0].is_plain or not places[0].hosts:
        return False
    return places[0].scheme == "https" or (places[0].scheme == "http" and places[0].is_loopback)


def _joined(base: str, url: str) -> str:
    """Put the path of one address behind another.

    What both say is said once (`/v1` and `/v1/me`), and the version is that of the question (`/v3`
    and `/v4/domains`).
    """
    scheme, authority, before, _, _ = urlsplit(base)
    asked = urlsplit(url)
    head = [part for part in before.split("/") if part]
    path = [part for part in asked.path.split("/") if part]
    if head and path and head[-1] != path[0] and _is_version(head[-1]) and _is_version(path[0]):
        head.pop()
    for length in range(min(len(head), len(path)), 0, -1):
        if head[-length:] == path[:length]:
            path = path[length:]
            break
    return urlunsplit((scheme, authority, "/" + "/".join([*head, *path]), asked.query, ""))


def _is_version(part: str) -> bool:
    return part[:1] == "v" and part[1:].isdecimal()


def _filled(question: Question, template: str, spell: Callable[[str], str] = str) -> str:
    """Put the value, and variables of the same environment, into a template.

    Raises:
        CannotAsk: a variable is missing; the reason names it.
    """
    filled, rest = "", template
    while True:
        before, opening, rest = rest.partition("{")
        filled += before
        if not opening:
            return filled
        name, _, rest = rest.partition("}")
        secret = question.secret if name == "value" else question.beside.get(name)
        if secret is None or secret.is_blank():
            raise CannotAsk(f"{name} is missing beside it")
        filled += spell(clean(secret.reveal()))


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _headers(question: Question) -> dict[str, str]:
    """Give the headers.

    Raises:
        CannotAsk: the value cannot stand in a header.
    """
    from credcheck import __version__

    probe = question.probe
    headers = {"User-Agent": f"credcheck/{__version__}", "Accept": "application/json"}
    headers.update(probe.headers)
    if probe.auth == "header":
        headers[probe.header] = _filled(question, probe.format)
    elif probe.auth == "basic":
        pair = f"{_filled(question, probe.user)}:{_filled(question, probe.password)}"
        headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
    else:
        headers["Authorization"] = f"Bearer {_filled(question, '{value}')}"
    if not all(text.isascii() and text.isprintable() for text in headers.values()):
        raise CannotAsk("it cannot be sent as it stands")
    return headers


def _ask(question: Question, step: Step, rules: Rules, deadline: Deadline) -> Told:
    probe = question.probe
    hosts = [host for place in read_urls(step.url) for host in place.hosts]
    if any(is_refused_host(host, rules.refuse.hosts) for host in hosts):
        raise CannotAsk("the manifest refuses the host that would be asked")
    answer = send(
        step.url,
        method=probe.method,
        headers=_headers(question),
        body=probe.body,
        environ=rules.environ,
        deadline=deadline,
    )
    told = read_answer(probe, answer.status, answer.data)
    known = told.allowed or step.accepted == "live"
    if told.outcome == "works" and told.mode == "unknown" and step.accepted != "unknown" and known:
        mode = "test" if step.accepted == "test" else "live"
        where = "sandbox" if mode == "test" else "production"
        told = Told("works", mode, f"accepts it at its {where} host")  # type: ignore[arg-type]
    return told._replace(proven=step.own)
