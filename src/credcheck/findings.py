"""Every finding: its code, its severity and its words.

A finding's page in the docs is made from its code. No sentence holds a value or a part of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credcheck.model import Finding

if TYPE_CHECKING:
    from credcheck.model import Severity

DOCS = "https://pytest-credcheck.readthedocs.io/en/stable/reference/findings.html"


class Rule(NamedTuple):
    """A sort of finding: what it is called, how grave it is, and its words."""

    name: str
    severity: Severity
    message: str
    hint: str


RULES = {
    "CRED001": Rule(
        "secret-missing",
        "info",
        "{secret} is {state}: {reason}.",
        "{hint}",
    ),
    "CRED002": Rule(
        "live-credential",
        "error",
        "{secret} is a production credential: {reason}.",
        "Take it out of {where}, revoke it if others could see it, and put a test key there.",
    ),
    "CRED003": Rule(
        "source-broken",
        "warning",
        "{secret} is {state}: {reason}.",
        "{hint}",
    ),
    "CRED004": Rule(
        "mode-unproven",
        "warning",
        "{secret} proves neither test nor live mode: {reason}.",
        'If it cannot do harm, say why: unproven = "…" under [secrets.{secret}].',
    ),
    "CRED005": Rule(
        "mode-vouched",
        "info",
        "{secret} proves no mode; the manifest vouches for it: {reason}.",
        "Look at the reason again when the account changes.",
    ),
    "CRED006": Rule(
        "shadowed-value",
        "warning",
        "{secret} has another value in {where} than in {winner}, which wins.",
        "Keep one of the two.",
    ),
    "CRED007": Rule(
        "ambient-live",
        "warning",
        "The environment holds a production credential under the name {variable}: {reason}.",
        "Start the tests without it: env -u {variable} …",
    ),
    "CRED008": Rule(
        "live-in-file",
        "error",
        "{where} holds a production credential under the name {variable}: {reason}.",
        "Take the line out, and revoke the key if others could see it.",
    ),
    "CRED009": Rule(
        "live-in-comment",
        "warning",
        "A comment in {where} holds a production credential: {reason}.",
        "Take the comment out, and revoke the key if others could see it.",
    ),
    "CRED010": Rule(
        "dotenv-not-ignored",
        "warning",
        "{path} is not ignored by git, so it can be committed.",
        "echo {path} >> .gitignore",
    ),
    "CRED011": Rule(
        "dotenv-readable",
        "warning",
        "{path} can be read by other users of this machine.",
        "chmod 600 {path}",
    ),
    "CRED012": Rule(
        "dotenv-tracked",
        "error",
        "{path} is tracked by git, so its values are in the history.",
        "git rm --cached {path}, then replace every credential in it",
    ),
    "CRED013": Rule(
        "dotenv-unknown",
        "warning",
        "Whether git tracks {path} could not be found out: {reason}.",
        "git status -- {path}",
    ),
    "CRED014": Rule(
        "value-warning",
        "warning",
        "{secret}: {reason}.",
        "Look at the value's page: {hint}",
    ),
    "CRED015": Rule(
        "undeclared-secret",
        "warning",
        "A test needs {secret}, which the manifest does not declare (did you mean {other!r}?).",
        "Correct the mark, or declare [secrets.{secret}].",
    ),
    "CRED016": Rule(
        "refused-place",
        "error",
        "{secret} is to be read from {where}, which the manifest refuses; nothing was read.",
        "Name a place with a test credential under [secrets.{secret}].",
    ),
    "CRED017": Rule(
        "unused-secret",
        "info",
        "No suite and no test needs {secret}.",
        "Take [secrets.{secret}] out, or name it in a suite.",
    ),
    "CRED018": Rule(
        "tests-unreadable",
        "warning",
        "Tests could not be counted: {reason}.",
        "Correct the file.",
    ),
    "CRED019": Rule(
        "ambient-target",
        "warning",
        "{what} {reason}.",
        "{hint}",
    ),
    "CRED020": Rule(
        "ambient-file",
        "warning",
        "{what} holds a production credential: {reason}.",
        "{hint}",
    ),
    "CRED021": Rule(
        "ambient-unreadable",
        "info",
        "{what} could not be read, so where it leads is not known: {reason}.",
        "Look at it yourself.",
    ),
    "CRED022": Rule(
        "probe-unanswered",
        "warning",
        "{secret} could not be confirmed by its vendor: {reason}.",
        "Try again later, or leave --probe out.",
    ),
}


def finding(
    code: str,
    *,
    secret: str | None = None,
    suite: str | None = None,
    severity: Severity | None = None,
    **words: str,
) -> Finding:
    """Make a finding.

    Args:
        code: a key of ``RULES``.
        secret: the secret that it is about.
        suite: the suite that it is about.
        severity: another than the rule's own (`ambient = "refuse"` makes an error of a warning).
        words: what fills the rule's sentence and hint.
    """
    rule = RULES[code]
    reason = words.get("reason", "").rstrip(".")
    filled = {**words, "reason": reason, "secret": secret or ""}
    return Finding(
        code=code,
        severity=severity or rule.severity,
        message=rule.message.format_map(filled),
        hint=rule.hint.format_map(filled),
        secret=secret,
        suite=suite,
        url=f"{DOCS}#{code.lower()}",
    )
