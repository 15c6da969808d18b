from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from credcheck.findings import RULES, finding

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "findings.md"
WORDS = dict.fromkeys(
    ("state", "reason", "hint", "where", "winner", "variable", "path", "other", "what"), "…"
)


def test_every_finding_has_its_section_in_the_docs_and_no_other() -> None:
    headings = re.findall(r"^\((\w+)\)=\n## (\w+) ([\w-]+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    expected = [(code.lower(), code, rule.name) for code, rule in RULES.items()]
    assert headings == expected


def test_every_section_says_why_and_what_to_do() -> None:
    sections = PAGE.read_text("utf-8").split("\n## ")[1:]
    assert [s[:7] for s in sections if "*Why:*" not in s or "*What to do:*" not in s] == []


@pytest.mark.parametrize("code", RULES)
def test_a_finding_is_one_sentence_with_a_hint_and_its_page(code: str) -> None:
    told = finding(code, secret="KEY", suite=None, severity=None, **WORDS)
    assert told.message.endswith((".", "?)."))
    assert told.hint
    assert told.severity == RULES[code].severity
    assert told.url.endswith(f"/reference/findings.html#{code.lower()}")


@pytest.mark.parametrize("code", RULES)
def test_a_rule_uses_known_words_only(code: str) -> None:
    rule = RULES[code]
    fields = {name for _, name, _, _ in Formatter().parse(rule.message + rule.hint) if name}
    assert fields <= WORDS.keys() | {"secret"}


def test_the_severity_can_be_raised() -> None:
    assert finding("CRED007", severity="error", variable="X", reason="r").severity == "error"


def test_a_reasons_own_full_stop_is_not_doubled() -> None:
    told = finding("CRED004", secret="KEY", reason="it carries no mode.")
    assert told.message == "KEY proves neither test nor live mode: it carries no mode."
