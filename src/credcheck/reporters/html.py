"""One page that needs nothing beside it: no script, no font, no address but those of the docs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.reporters.wording import printable, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from credcheck.model import Report
    from credcheck.reporters import RenderOptions

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .7rem; }
th, tr + tr td { border-top: 1px solid #8884; }
td.number { text-align: right; }
b { padding: .1rem .5rem; border-radius: .3rem; color: #fff; background: #666; }
b.run, b.ready, b.deferred { background: #197a3d; }
b.skip, b.warning { background: #8a6100; }
b.fail, b.refused, b.live, b.error { background: #b3261e; }
small { opacity: .75; }
"""


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001
    """Give the page: the verdict, the suites, the secrets, the findings, the sources."""
    title = f"credcheck: {_text(verdict(report))}"
    reason = f" ({_text(report.context_reason)})" if report.context_reason else ""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_text(verdict(report))}</h1>",
        f"<p>credcheck {_text(report.version)}, context {_text(report.context)}{reason}</p>",
        *_table("Suites", ("suite", "outcome", "tests", "reason"), _suites(report)),
        *_table("Secrets", ("secret", "state", "mode", "source", "reason"), _secrets(report)),
        *_table("Findings", ("finding", "severity", "what", "hint"), _findings(report)),
        *_table("Sources", ("source", "status", "detail"), _sources(report)),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _table(title: str, heads: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    cells = ["".join(row) for row in rows]
    if not cells:
        return
    yield f"<h2>{title}</h2>"
    yield "<table><tr>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr>"
    yield from (f"<tr>{row}</tr>" for row in cells)
    yield "</table>"


def _suites(report: Report) -> Iterator[Sequence[str]]:
    for suite in report.suites:
        tests = "" if suite.tests is None else str(suite.tests)
        number = f'<td class="number">{tests}</td>'
        yield _cell(suite.name), _badge(suite.outcome), number, _cell(suite.reason)


def _secrets(report: Report) -> Iterator[Sequence[str]]:
    for secret in report.secrets:
        about = _text(secret.description or secret.service or "")
        name = f"<td>{_text(secret.name)}<br><small>{about}</small></td>"
        source = _cell(secret.source or "")
        yield name, _badge(secret.state), _cell(secret.mode), source, _cell(secret.reason)


def _findings(report: Report) -> Iterator[Sequence[str]]:
    for found in report.findings:
        code = f'<td><a href="{_text(found.url)}">{_text(found.code)}</a></td>'
        yield code, _badge(found.severity), _cell(found.message), _cell(found.hint)


def _sources(report: Report) -> Iterator[Sequence[str]]:
    for source in report.sources:
        took = "" if source.elapsed_ms is None else f"{source.elapsed_ms:.0f} ms"
        detail = ", ".join(part for part in (source.detail, took) if part)
        yield _cell(source.name), _cell(source.status), _cell(detail)


def _badge(word: str) -> str:
    return f'<td><b class="{_text(word)}">{_text(word)}</b></td>'


def _cell(text: str) -> str:
    return f"<td>{_text(text)}</td>"


def _text(text: str) -> str:
    """Escape markup, quotes too, and what could forge a line or hide text."""
    plain = printable(text)
    for char, entity in (
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;"),
    ):  # fmt: skip
        plain = plain.replace(char, entity)
    return plain
