"""A credential in the wrong place of a manifest is never shown by the message about it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from credcheck.errors import ManifestError
from credcheck.manifest import load_manifest
from credcheck.manifest.scope import HIDDEN, shown
from credcheck.manifest.tables import KEYS
from credcheck.services.probe import PROBE_KEYS
from credcheck.services.tables import DUMMY_KEYS, HOST_KEYS, KIND_KEYS, SERVICE_KEYS
from support import keys

if TYPE_CHECKING:
    from pathlib import Path

VALUES = {
    "stripe": keys.stripe_live(),
    "sendgrid": keys.sendgrid(),
    "aws-id": keys.aws_key_id("111111111111"),
    "aws-secret": "wJalr" + "XUtnFEMI/" + "K7MDENG/bPxRfi" + "CYEXAMPLEKEY",
    "lines": keys.stripe_live() + "\\n" + keys.stripe_live(),
    "long": keys.tail(200),
}
PATHS = [
    ".".join(part for part in (table.replace("NAME", "A"), key) if part)
    for table, names in KEYS.items()
    for key in names
] + ["secrets", "suites", "services.acme", "nothing"]
PATHS += [f"services.acme.{key}" for key in SERVICE_KEYS]
PATHS += [f"services.acme.hosts.{key}" for key in HOST_KEYS]
PATHS += [f"services.acme.probe.{key}" for key in PROBE_KEYS]
PATHS += [f"[[services.acme.kinds]]\n{key}" for key in KIND_KEYS]
PATHS += [f"[[services.acme.dummies]]\n{key}" for key in DUMMY_KEYS]


def parts(value: str) -> set[str]:
    """Every eight characters in a row that are not the vendor's public marker."""
    secret = value.removeprefix("sk_" + "live_")
    return {secret[i : i + 8] for i in range(len(secret) - 7)}


FORMS = (
    "{path} = '{value}'",
    "{path} = ['{value}']",
    "{path} = [['{value}']]",
    '{path}."{value}" = 1',
    "{path} = {{ci = '{value}'}}",
    "{path} = '{value}' {value}",
)


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_no_part_of_a_value_is_shown_wherever_it_stands(tmp_path: Path, value: str) -> None:
    file = tmp_path / "credcheck.toml"
    told = ""
    for form, path in product(FORMS, PATHS):
        file.write_text(form.format(path=path, value=value))
        try:
            load_manifest(tmp_path, known_services=("stripe",))
        except ManifestError as error:
            told += f"{error!s}{error!r}"
    assert told.count("credcheck.toml:1: ") > len(PATHS)
    assert [part for part in parts(value) if part in told] == []


@pytest.mark.parametrize(
    "name",
    ["STRIPE_TEST_KEY", "OAUTH2CLIENTID", "GOOGLE_APPLICATION_CREDENTIALS", "PaymentsSuite", "é t"],
)
def test_an_ordinary_name_is_shown(name: str) -> None:
    assert shown(name) == name


@pytest.mark.parametrize(
    "value",
    [
        *VALUES.values(),
        "12345678" + "-1234-1234-1234-" + "123456789012",
        "Abcdefghij" + "Klmnopqrst",
        "abcdef12" + "34ghij",
        "postgres://localhost",
    ],
)
def test_a_name_that_could_be_a_value_is_hidden(value: str) -> None:
    assert shown(value) == HIDDEN


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("secrets.A.file = 1", "secrets.A.file: expected true or false, found a number"),
        ("vault.timeout = '5'", "vault.timeout: expected a number of seconds, found a text"),
        ("vault.address = 5", "vault.address: expected a text, found a number"),
        ("suites.s.paths = [5]", "suites.s.paths[0]: expected a text, found a number"),
        (
            'secrets.A.description = "\\u00a0\\u202e"',
            "secrets.A.description: expected one line of text without control characters",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_told_by_its_type(
    tmp_path: Path, text: str, problem: str
) -> None:
    (tmp_path / "credcheck.toml").write_text(text)
    with pytest.raises(ManifestError) as caught:
        load_manifest(tmp_path, known_services=())
    assert caught.value.problems == (f"credcheck.toml:1: {problem}",)


def test_a_no_break_space_is_ordinary_text(tmp_path: Path) -> None:
    (tmp_path / "credcheck.toml").write_text('secrets.A.description = "cl\\u00e9\\u00a0: test"')
    spec = load_manifest(tmp_path, known_services=()).secrets["A"]
    assert spec.description == "cl\u00e9\u00a0: test"
