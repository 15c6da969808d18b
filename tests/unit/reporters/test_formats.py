"""The formats of other tools, read as those tools read them."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft7Validator

from credcheck.findings import finding
from credcheck.model import Report, SecretStatus, SourceStatus, SuiteStatus
from credcheck.reporters import render

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
QUALITY = Draft7Validator(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "location", "severity"],
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": {"type": "string", "not": {"pattern": "^(/|\\./)"}},
                        "lines": {"type": "object", "required": ["begin"]},
                    },
                },
            },
        },
    }
)
NASTY = '<b a="1">\'&]]>\x1b[31m\u202e'


def report(*names: str) -> Report:
    suites = (
        SuiteStatus("unit", "run", 14, (), "ready"),
        SuiteStatus("mail", "skip", 1, ("MAIL",), "MAIL is absent"),
        SuiteStatus("pay", "fail", None, ("PAY",), "PAY is denied"),
        SuiteStatus("shop", "refused", 2, ("SHOP",), "SHOP is a production credential"),
        *(SuiteStatus(name, "skip", 1, (), name) for name in names),
    )
    return Report(
        version="0.1.0",
        context="ci",
        exit_code=3,
        sources=(SourceStatus("env", "ok", "has 1 of 3", 1.4), SourceStatus("aws", "not-asked")),
        secrets=(SecretStatus("MAIL", "absent", "unknown", "sendgrid", None, "no source has it"),),
        suites=suites,
        findings=(
            finding("CRED002", secret="SHOP", where="env", reason="it carries a marker"),
            finding("CRED010", path=".env.test"),
            finding("CRED001", secret="MAIL", state="absent", reason="r", hint="h"),
            *(finding("CRED018", reason=name) for name in names),
        ),
        context_reason="GitLab CI",
        root="/builds/shop",
        manifest="/builds/shop/config/credcheck.toml",
    )


# ── gitlab ────────────────────────────────────────────────────────────────────────────────────


def issues(made: Report) -> list[dict[str, object]]:
    read: list[dict[str, object]] = json.loads(render("gitlab", made))
    assert [error.message for error in QUALITY.iter_errors(read)] == []
    return read


def test_gitlab_gets_an_issue_for_each_suite_that_does_not_run_and_each_finding() -> None:
    found = issues(report())
    assert [(issue["check_name"], issue["severity"]) for issue in found] == [
        ("credcheck-suite-skip", "info"),
        ("credcheck-suite-fail", "major"),
        ("credcheck-suite-refused", "blocker"),
        ("credcheck-cred002", "critical"),
        ("credcheck-cred010", "minor"),
        ("credcheck-cred001", "info"),
    ]
    assert found[0]["description"] == "mail: skip (1 test): MAIL is absent"
    assert found[0]["location"] == {"path": "config/credcheck.toml", "lines": {"begin": 1}}


def test_a_fingerprint_is_one_of_its_own_and_stays_from_run_to_run() -> None:
    first, second = issues(report()), issues(report()._replace(version="0.2.0"))
    prints = [issue["fingerprint"] for issue in first]
    assert prints == [issue["fingerprint"] for issue in second]
    assert len(set(prints)) == len(prints)


def test_an_issues_place_counts_from_the_repositorys_root(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    prints = set()
    for name in ("shop", "mail"):
        root = tmp_path / "services" / name
        made = report()._replace(root=str(root), manifest=str(root / "credcheck.toml"))
        found = issues(made)[0]
        assert found["location"] == {
            "path": f"services/{name}/credcheck.toml",
            "lines": {"begin": 1},
        }
        prints.add(found["fingerprint"])
    assert len(prints) == 2  # a merge request may show both


def test_without_a_manifest_the_issues_are_the_projects() -> None:
    made = report()._replace(manifest=None)
    assert issues(made)[0]["location"] == {"path": ".", "lines": {"begin": 1}}


# ── junit ─────────────────────────────────────────────────────────────────────────────────────


def test_junit_has_a_case_for_each_suite_and_each_error_and_counts_them() -> None:
    root = ET.fromstring(render("junit", report()))
    (suite,) = root
    cases = suite.findall("testcase")
    outcomes = [(case.get("name"), [child.tag for child in case]) for case in cases]
    assert outcomes == [
        ("unit", []),
        ("mail", ["skipped"]),
        ("pay", ["failure"]),
        ("shop", ["error"]),
        ("CRED002 SHOP", ["error"]),
    ]
    for element in (root, suite):
        counted = {key: element.get(key) for key in ("tests", "failures", "errors", "skipped")}
        assert counted == {"tests": "5", "failures": "1", "errors": "2", "skipped": "1"}
    skipped = cases[1].find("skipped")
    assert skipped is not None
    assert skipped.attrib == {"type": "credcheck.skip", "message": "MAIL is absent (1 test)"}
    assert {case.get("classname") for case in cases} == {"credcheck.suites", "credcheck.findings"}
    told = {p.get("name"): p.get("value") for p in suite.iter("property")}
    assert told == {"version": "0.1.0", "context": "ci", "exit_code": "3"}


def test_junit_holds_any_name_and_stays_xml() -> None:
    root = ET.fromstring(render("junit", report(NASTY)))
    names = [case.get("name") for case in root.iter("testcase")]
    assert '<b a="1">\'&]]>\\x1b[31m\\u202e' in names


# ── html ──────────────────────────────────────────────────────────────────────────────────────


class Page(HTMLParser):
    """Collects tags and texts, and whether every tag is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_html_is_one_page_with_everything_and_nothing_beside_it() -> None:
    page = Page(render("html", report()))
    assert page.open == []
    texts = " ".join(page.texts)
    for word in ("unit", "MAIL is absent", "CRED010", "has 1 of 3, 1 ms", "GitLab CI", "exit 3"):
        assert word in texts
    loaded = {tag for tag, attrs in page.tags if {"src", "srcset", "data"} & attrs.keys()}
    assert loaded | ({"script", "link", "iframe", "img"} & {tag for tag, _ in page.tags}) == set()
    links = [attrs["href"] or "" for tag, attrs in page.tags if tag == "a"]
    assert links
    assert all(link.startswith("https://pytest-credcheck.readthedocs.io/") for link in links)
    assert "url(" not in render("html", report())


def test_html_shows_any_name_as_text() -> None:
    page = Page(render("html", report(NASTY)))
    assert page.open == []
    assert '<b a="1">\'&]]>\\x1b[31m\\u202e' in page.texts


def test_html_of_nothing_has_no_empty_tables() -> None:
    page = Page(render("html", Report("0.1.0", "local", 0, (), (), (), ())))
    assert "table" not in [tag for tag, _ in page.tags]


@pytest.mark.parametrize("name", ["gitlab", "junit", "html"])
def test_a_text_that_is_no_unicode_breaks_nothing(name: str) -> None:
    assert render(name, report("caf\udce9")).encode()
