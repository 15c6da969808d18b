from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from credcheck.broker import Broker
from credcheck.cli import main
from credcheck.errors import ManifestError
from credcheck.manifest import load_manifest
from credcheck.manifest.tables import KEYS
from credcheck.reporters import render
from credcheck.schema import SCHEMAS, schema_text, tool_schema
from credcheck.services import service_ids
from support.keys import stripe_test
from support.projects import write_project

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[3]
MANIFEST = Draft7Validator(json.loads(schema_text("manifest")))
REPORT = Draft7Validator(json.loads(schema_text("report")))


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "build_schema", ROOT / "scripts" / "build_schema.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# ── form ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_shipped_schemas_are_those_that_the_pages_give(name: str) -> None:
    assert schema_text(name) == builder().render(name), "python scripts/build_schema.py"


@pytest.mark.parametrize("validator", [MANIFEST, REPORT])
def test_a_schema_is_good_draft_7_and_has_an_id(validator: Draft7Validator) -> None:
    Draft7Validator.check_schema(validator.schema)
    assert validator.schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert validator.schema["$id"].startswith("https://json.schemastore.org/")


def properties(table: str) -> dict[str, Any]:
    at: Any = MANIFEST.schema
    for part in table.split(".") if table else ():
        at = at["additionalProperties"] if part == "NAME" else at["properties"][part]
        at = at["items"] if at.get("type") == "array" else at
    found: dict[str, Any] = at["properties"]
    return found


@pytest.mark.parametrize("table", KEYS)
def test_every_key_of_the_manifest_is_in_the_schema_and_no_other(table: str) -> None:
    assert list(properties(table)) == list(KEYS[table]) or set(properties(table)) == set(
        KEYS[table]
    )


def test_every_description_ends_with_the_address_of_its_page() -> None:
    def descriptions(at: Any, path: str) -> list[tuple[str, str]]:
        if not isinstance(at, dict):
            return []
        own = [
            (f"{path}.{key}", schema.get("description", ""))
            for key, schema in at.get("properties", {}).items()
            if path.rpartition(".")[2] not in {"on-missing", "on-broken"}
        ]
        below = [d for key, value in at.items() for d in descriptions(value, f"{path}.{key}")]
        return own + below

    found = [d for d in descriptions(MANIFEST.schema, "") if "anyOf" not in d[0]]
    assert len(found) > 60
    wrong = [
        path
        for path, text in found
        if not re.search(r"\.\nhttps://pytest-credcheck\.readthedocs\.io/\S+$", text)
    ]
    assert [path for path in wrong if not path.endswith((".local", ".ci", ".fork"))] == []


# ── what it says of manifests ─────────────────────────────────────────────────────────────────

GOOD = [
    "",
    "x-other = 1\n",
    'sources = ["env", "dotenv"]\non-missing = "skip"\non-broken = {ci = "fail"}\n',
    "[secrets.A]\n[secrets.B]\nservice = 'stripe'\nfile = true\naliases = ['C']\n",
    "[services.acme]\nname = 'Acme'\n[secrets.A]\nservice = 'acme'\n",
    "[secrets.A]\nvault = 'secret/ci/a#key'\naws = 'ci/a'\nkeyring = 'a'\n",
    "[secrets.A]\n[suites.s]\nrequires = ['A']\nany-of = [['A']]\npaths = ['tests/x']\n",
    "[refuse]\nhosts = ['*.prod.example.com']\nvalues = ['scrypt:abc']\naws-accounts = ['1']\n",
    "[vault]\naddress = 'https://vault.example.com'\nauth = 'jwt'\ntimeout = 2.5\n",
    "[keyring]\n[dotenv]\npath = '.env.it'\n[aws]\nregion = 'eu-west-1'\n",
]
BAD = [
    "ambient = 'warm'\n",
    "ambiet = 'warn'\n",
    "sources = []\n",
    "sources = ['env', 'env']\n",
    "on-missing = 'ski'\n",
    "on-missing = {lokal = 'skip'}\n",
    "secrets = 1\n",
    "[secrets.1A]\n",
    "[secrets.A]\nservice = ''\n",
    "[secrets.A]\nfile = 'yes'\n",
    "[secrets.A]\nservic = 'stripe'\n",
    "[secrets.A]\naliases = 'B'\n",
    "[secrets.A]\naliases = ['not a name']\n",
    "[suites.s]\npaths = ['/absolute']\n",
    "[suites.s]\npaths = ['../outside']\n",
    "[suites.s]\npaths = ['back\\slash']\n",
    "[secrets.A]\n[suites.s]\nany-of = ['A']\n",
    "[secrets.A]\n[suites.s]\nany-of = [[]]\n",
    "[refuse]\nvalues = ['sha256:abc']\n",
    "[refuse]\naws-accounts = [1]\n",
    "[vault]\naddress = 'ftp://x'\n",
    "[vault]\naddress = 'https://user:pw@vault.example.com'\n",
    "[vault]\nauth = 'ldap'\n",
    "[vault]\ntimeout = 0\n",
    "[vault]\ntimeout = 'long'\n",
]


def loads(root: Path, text: str) -> bool:
    (root / "credcheck.toml").write_text(text, encoding="utf-8")
    try:
        load_manifest(root, known_services=service_ids())
    except ManifestError:
        return False
    return True


@pytest.mark.parametrize("text", GOOD)
def test_a_good_manifest_passes_the_schema_and_the_command(tmp_path: Path, text: str) -> None:
    assert loads(tmp_path, text)
    assert [error.message for error in MANIFEST.iter_errors(tomllib.loads(text))] == []


@pytest.mark.parametrize("text", BAD)
def test_a_bad_manifest_passes_neither(tmp_path: Path, text: str) -> None:
    assert not loads(tmp_path, text)
    assert not MANIFEST.is_valid(tomllib.loads(text))


MANIFESTS = sorted((ROOT / "examples").rglob("credcheck.toml"))


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.parent.name)
def test_the_examples_pass_the_schema(path: Path) -> None:
    assert MANIFEST.is_valid(tomllib.loads(path.read_text(encoding="utf-8")))


def test_an_editor_completes_every_shipped_service_and_takes_others() -> None:
    choices = properties("secrets.NAME")["service"]["anyOf"]
    assert choices[0]["enum"] == list(service_ids())
    assert MANIFEST.is_valid({"secrets": {"A": {"service": "of_ours"}}})


# ── who reads it ──────────────────────────────────────────────────────────────────────────────


def test_validate_pyproject_finds_it_by_its_entry_point() -> None:
    from validate_pyproject.api import Validator
    from validate_pyproject.error_reporting import ValidationError
    from validate_pyproject.plugins import list_from_entry_points

    plugins = [plugin for plugin in list_from_entry_points() if plugin.tool == "credcheck"]
    assert plugins
    validator = Validator(plugins)
    project = {"project": {"name": "x", "version": "1"}}
    assert validator({**project, "tool": {"credcheck": {"ambient": "off"}}})
    with pytest.raises(ValidationError):
        validator({**project, "tool": {"credcheck": {"ambient": "of"}}})
    assert tool_schema("credcheck")["$id"] == MANIFEST.schema["$id"]


def test_a_report_passes_its_schema(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        "[secrets.STRIPE_TEST_KEY]\n[secrets.B]\n[suites.s]\nrequires = ['STRIPE_TEST_KEY', 'B']\n",
        STRIPE_TEST_KEY=stripe_test(),
    )
    report = Broker.load(cwd=tmp_path, environ={}).report()
    read = json.loads(render("json", report))
    assert [error.message for error in REPORT.iter_errors(read)] == []
    read["suites"][0]["outcome"] = "perhaps"
    assert not REPORT.is_valid(read)


@pytest.mark.parametrize(
    ("words", "name"), [([], "manifest"), (["manifest"], "manifest"), (["report"], "report")]
)
def test_the_command_prints_a_schema(
    capsys: pytest.CaptureFixture[str], words: list[str], name: str
) -> None:
    assert main(["schema", *words]) == 0
    assert capsys.readouterr().out == schema_text(name)


def test_another_schema_is_told_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "reprot"]) == 2
    assert "there is no schema 'reprot' (did you mean 'report'?)" in capsys.readouterr().err
