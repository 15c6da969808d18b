"""Write the JSON Schemas from the reference pages: `python scripts/build_schema.py`.

The pages hold a row for every key, with its type and its meaning; tests hold them against the code.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

from credcheck.model import SOURCE_NAMES, State
from credcheck.schema import SCHEMAS
from credcheck.services import service_ids

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "reference"
OUTPUT = ROOT / "src" / "credcheck" / "schema"
SITE = "https://pytest-credcheck.readthedocs.io/en/stable/reference"
DRAFT = "http://json-schema.org/draft-07/schema#"
# a name that can be that of an environment variable
VARIABLE = "^[A-Za-z_][A-Za-z0-9_]*$"
TEXT = {"type": "string", "pattern": "\\S"}
TEXTS = {"type": "array", "items": TEXT}

Schema = dict[str, Any]


def sections(page: str) -> dict[str, list[list[str]]]:
    """Give the rows of the tables of a page, by heading ("" and "Top level" are one)."""
    found: dict[str, list[list[str]]] = {}
    heading = ""
    for line in (PAGES / page).read_text(encoding="utf-8").splitlines():
        title = re.fullmatch(r"#{2,3} (.+)", line)
        if title:
            heading = "" if title[1] == "Top level" else title[1]
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and re.fullmatch(r"`[\w-]+`", cells[0]):
            found.setdefault(heading, []).append([cells[0].strip("`"), *cells[1:]])
    return found


def words_of(cell: str) -> list[str]:
    """Give the words in backquotes."""
    return re.findall(r"`([^`]+)`", cell)


def plain(markdown: str) -> str:
    """Give a sentence without Markdown."""
    text = re.sub(r"(?:: )?\[\]\([^)]*\)", "", markdown)
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text).replace("`", "").strip(" :")


def described(schema: Schema, text: str, page: str, heading: str) -> Schema:
    """Add a description that ends with the address of the page, as SchemaStore wants it."""
    anchor = re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))
    address = f"{SITE}/{page}" + (f"#{anchor}" if anchor else "")
    sentence = plain(text)
    return {"description": f"{sentence[:1].upper()}{sentence[1:]}.\n{address}", **schema}


# ── the manifest ──────────────────────────────────────────────────────────────────────────────

POLICY = {
    "oneOf": [
        {"const": "skip", "description": "The tests are skipped, with the reason"},
        {"const": "fail", "description": "The tests fail, with the reason"},
    ]
}
POLICIES = {
    "anyOf": [
        POLICY,
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "local": {"description": "On a person's machine", **POLICY},
                "ci": {"description": "In a CI job", **POLICY},
                "fork": {"description": "In a CI job for code from a fork", **POLICY},
            },
        },
    ]
}
ADDRESS = {"type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^/@?#]+([/?#].*)?$"}
PATHS = {
    "type": "array",
    "items": {
        "type": "string",
        "minLength": 1,
        "not": {"pattern": "^(/|.:|(.*/)?\\.\\.(/|$))|\\\\"},
    },
}
GROUPS = {"type": "array", "items": {"type": "array", "minItems": 1, "items": TEXT}}
ACCOUNTS = {"type": "array", "items": {"type": "string", "pattern": "^[0-9]+$"}}
FINGERPRINTS = {"type": "array", "items": {"type": "string", "pattern": "^scrypt:."}}
VARIABLES = {"type": "array", "items": {"type": "string", "pattern": VARIABLE}}
SOURCES = {
    "type": "array",
    "minItems": 1,
    "uniqueItems": True,
    "items": {"anyOf": [{"enum": list(SOURCE_NAMES)}, TEXT]},  # others come with packages
}


def service() -> Schema:
    """A shipped service, which editors can complete, or one of the project's own."""
    return {"anyOf": [{"enum": list(service_ids())}, {"type": "string", "pattern": "^[a-z0-9_]+$"}]}


# what a row cannot say in a word
SPECIAL = {
    ("", "sources"): lambda: SOURCES,
    ("", "on-missing"): lambda: POLICIES,
    ("", "on-broken"): lambda: POLICIES,
    ("secrets.NAME", "service"): service,
    ("secrets.NAME", "aliases"): lambda: VARIABLES,
    ("suites.NAME", "any-of"): lambda: GROUPS,
    ("suites.NAME", "paths"): lambda: PATHS,
    ("suites.NAME", "on-missing"): lambda: POLICIES,
    ("suites.NAME", "on-broken"): lambda: POLICIES,
    ("refuse", "values"): lambda: FINGERPRINTS,
    ("refuse", "aws-accounts"): lambda: ACCOUNTS,
    ("allow", "aws-accounts"): lambda: ACCOUNTS,
    ("services.NAME.examples", "pieces"): lambda: {"type": "array"},
    **{
        ("services.NAME.probe", key): lambda: {"type": "array"}
        for key in ("test", "live", "test-errors", "rejected-errors", "expired-errors")
    },
    ("services.NAME.probe", "rejected"): lambda: {"type": "array", "items": {"type": "integer"}},
}


def type_of(section: str, key: str, cell: str) -> Schema:
    """Give the schema of a value, by the words of the page."""
    if (section, key) in SPECIAL:
        return SPECIAL[section, key]()
    if "a table by context" in cell:
        return POLICIES
    if cell.startswith("`"):
        return {"oneOf": [{"const": word} for word in words_of(cell)]}
    kinds: dict[str, Schema] = {
        "text": TEXT,
        "shape": TEXT,
        "address": ADDRESS,
        "true or false": {"type": "boolean"},
        "list": TEXTS,
        "list of shapes": TEXTS,
        "list of tables": {"type": "array", "items": {"type": "object"}},
        "table": {"type": "object"},
        "tables": {"type": "object", "additionalProperties": {"type": "object"}},
        "seconds, above 0": {"type": "number", "exclusiveMinimum": 0},
        "number": {"type": "number"},
        "number, 0 or more": {"type": "integer", "minimum": 0},
        "day": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "date": {"type": "string"},
    }
    return kinds[cell]


def table_of(name: str, rows: dict[str, list[list[str]]]) -> Schema:
    """Give the schema of one table, with the tables below it."""
    properties = {
        row[0]: described(
            type_of(name, row[0], row[1]), row[2], "manifest.html", name or "top-level"
        )
        for row in rows[name]
    }
    for key, schema in properties.items():
        below = f"{name}.{key}" if name else key
        if below in rows:
            inner = table_of(below, rows)
            schema.update({"items": inner} if schema.get("type") == "array" else inner)
        elif f"{below}.NAME" in rows:
            patterns = {"secrets": VARIABLE, "services": "^[a-z0-9][a-z0-9_]*$"}
            schema.update(
                {
                    "type": "object",
                    "propertyNames": {"pattern": patterns.get(key, "^[^\\s-]")},
                    "additionalProperties": table_of(f"{below}.NAME", rows),
                }
            )
    required = [row[0] for row in rows[name] if row[2].startswith("required")]
    table: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return table | ({"required": required} if required else {})


def manifest_schema() -> Schema:
    """Give the schema of `[tool.credcheck]`, and of `credcheck.toml`."""
    rows = sections("manifest.md")
    top = table_of("", rows)
    # options of sources that other packages bring stand in a table of the source's name
    top["additionalProperties"] = {"type": "object"}
    top["patternProperties"] = {"^x-": {"description": "Left to other tools"}}
    return {
        "$schema": DRAFT,
        "$id": "https://json.schemastore.org/partial-credcheck.json",
        "title": "credcheck",
        "description": (
            f"Which credentials the tests need, and which tests need them.\n{SITE}/manifest.html"
        ),
        **top,
    }


# ── the report ────────────────────────────────────────────────────────────────────────────────

LISTS = {"sources", "secrets", "suites", "findings", "attempts"}
NUMBERS = {
    "exit_code": {"type": "integer", "enum": [0, 1, 3, 4]},
    "ok": {"type": "boolean"},
    "elapsed_ms": {"type": ["number", "null"]},
    "tests": {"type": ["integer", "null"], "minimum": 0},
    "missing": {"type": "array", "items": {"type": "string"}},
    "code": {"type": "string", "pattern": "^CRED[0-9]{3}$"},
    "state": {"enum": list(get_args(State))},
}


def report_schema() -> Schema:
    """Give the schema of the report; new keys may be added, so it refuses none."""
    rows = sections("report.md")

    def value(key: str, meaning: str) -> Schema:
        if key in LISTS and key in rows:
            return {"type": "array", "items": table(key)}
        if key in NUMBERS:
            return dict(NUMBERS[key])
        if key == "schema":
            return {"const": words_of(meaning)[0]}
        if key in {"context", "mode", "outcome", "severity"}:
            return {"enum": words_of(meaning.partition(":")[0] or meaning)}
        if key == "status":
            return {"type": "string"}
        return {"type": ["string", "null"] if "null" in meaning else "string"}

    def table(section: str) -> Schema:
        return {
            "type": "object",
            "required": [row[0] for row in rows[section]],
            "properties": {
                row[0]: described(value(row[0], row[1]), row[1], "report.html", section)
                for row in rows[section]
            },
        }

    return {
        "$schema": DRAFT,
        "$id": "https://json.schemastore.org/credcheck-report.json",
        "title": "credcheck report",
        "description": f"What credcheck check --format json writes.\n{SITE}/report.html",
        **table(""),
    }


def render(name: str) -> str:
    """Give the text of a file."""
    schema = {"manifest": manifest_schema, "report": report_schema}[name]()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name, file in SCHEMAS.items():
        OUTPUT.joinpath(file).write_text(render(name), encoding="utf-8")
