"""The keys of the manifest: read whole into the model, and every mistake at once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credcheck.errors import ManifestError
from credcheck.manifest import load_manifest
from credcheck.manifest.tables import KEYS
from credcheck.model import Allow, Manifest, Policies, Refuse, SecretSpec, Suite
from credcheck.services import service_ids
from credcheck.services.probe import PROBE_KEYS
from credcheck.services.shape import ALPHABETS
from credcheck.services.tables import DUMMY_KEYS, EXAMPLE_KEYS, HOST_KEYS, KIND_KEYS, SERVICE_KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLE = """
[tool.credcheck]
sources    = ["dotenv", "env", "keyring", "vault", "aws"]
on-missing = "skip"
on-broken  = {local = "skip", fork = "skip", ci = "fail"}
ambient    = "warn"

[tool.credcheck.secrets.STRIPE_TEST_KEY]
service     = "stripe"
description = "Stripe secret key, test mode"
obtain      = "https://dashboard.stripe.com/test/apikeys"
file        = false
aliases     = ["STRIPE_SANDBOX_KEY"]
vault       = "secret/ci/stripe#api_key"
aws         = "ci/stripe#api_key"
keyring     = "ci-stripe"

[tool.credcheck.secrets.SENDGRID_TEST_KEY]
service = "sendgrid"
unproven = "sandbox sub-account, no production senders"

[tool.credcheck.secrets.DATABASE_URL]
provided-by = "postgres"

[tool.credcheck.secrets.PAYPAL_SANDBOX_SECRET]
[tool.credcheck.secrets.BRAINTREE_SANDBOX_KEY]

[tool.credcheck.suites.payments]
requires   = ["STRIPE_TEST_KEY"]
any-of     = [["PAYPAL_SANDBOX_SECRET", "BRAINTREE_SANDBOX_KEY"]]
paths      = ["./tests//integration/payments/"]
on-missing = "fail"
on-broken  = {local = "fail"}

[tool.credcheck.refuse]
values       = ["scrypt:abc"]
vault        = ["secret/prod/*"]
aws          = ["prod/*"]
keyring      = ["prod-*"]
hosts        = ["*.prod.example.com"]
databases    = ["*_prod", "*production*"]
aws-accounts = ["999999999999"]
gcp-projects = ["acme-prod-1"]

[tool.credcheck.allow]
aws-accounts = ["111111111111"]
hosts        = ["localhost", "*.test.example.com"]

[tool.credcheck.dotenv]
path = ".env.ci"
[tool.credcheck.keyring]
service = "credcheck/shop"
[tool.credcheck.vault]
address = "https://vault.example.com"
namespace = "team"
auth = "jwt"
role = "ci"
mount = "github"
ca-cert = "ca.pem"
timeout = 5
[tool.credcheck.aws]
region = "eu-central-1"
profile = "test"
role-arn = "arn:aws:iam::111111111111:role/ci"
endpoint-url = "http://localhost:5000"
timeout = 2.5

[tool.credcheck.services.acme]
name = "Acme"

[tool.credcheck.x-ours]
anything = 1

[project]
name = "shop"
"""


def load(root: Path, text: str, name: str = "credcheck.toml") -> Manifest:
    (root / name).write_text(text, encoding="utf-8")
    return load_manifest(root, explicit=None, known_services=service_ids())


def problems(root: Path, text: str) -> Sequence[str]:
    with pytest.raises(ManifestError) as caught:
        load(root, text)
    return caught.value.problems


def test_every_key_of_the_contract_is_read(tmp_path: Path) -> None:
    got = load(tmp_path, EXAMPLE, "pyproject.toml")
    skip = Policies(local="skip", ci="skip", fork="skip")
    broken = Policies(local="skip", ci="fail", fork="skip")
    assert got._replace(secrets={}, suites={}) == Manifest(
        root=tmp_path,
        path=tmp_path / "pyproject.toml",
        project="shop",
        sources=("dotenv", "env", "keyring", "vault", "aws"),
        on_missing=skip,
        on_broken=broken,
        ambient="warn",
        refuse=Refuse(
            values=("scrypt:abc",),
            vault=("secret/prod/*",),
            aws=("prod/*",),
            keyring=("prod-*",),
            hosts=("*.prod.example.com",),
            databases=("*_prod", "*production*"),
            aws_accounts=("999999999999",),
            gcp_projects=("acme-prod-1",),
        ),
        allow=Allow(aws_accounts=("111111111111",), hosts=("localhost", "*.test.example.com")),
        options={
            "dotenv": {"path": ".env.ci"},
            "keyring": {"service": "credcheck/shop"},
            "vault": {
                "address": "https://vault.example.com",
                "namespace": "team",
                "auth": "jwt",
                "role": "ci",
                "mount": "github",
                "ca-cert": "ca.pem",
                "timeout": 5.0,
            },
            "aws": {
                "region": "eu-central-1",
                "profile": "test",
                "role-arn": "arn:aws:iam::111111111111:role/ci",
                "endpoint-url": "http://localhost:5000",
                "timeout": 2.5,
            },
        },
        services={"acme": {"name": "Acme"}},
    )
    assert dict(got.secrets) == {
        "STRIPE_TEST_KEY": SecretSpec(
            name="STRIPE_TEST_KEY",
            service="stripe",
            description="Stripe secret key, test mode",
            obtain="https://dashboard.stripe.com/test/apikeys",
            aliases=("STRIPE_SANDBOX_KEY",),
            vault="secret/ci/stripe#api_key",
            aws="ci/stripe#api_key",
            keyring="ci-stripe",
        ),
        "SENDGRID_TEST_KEY": SecretSpec(
            name="SENDGRID_TEST_KEY",
            service="sendgrid",
            unproven="sandbox sub-account, no production senders",
        ),
        "DATABASE_URL": SecretSpec(name="DATABASE_URL", provided_by="postgres"),
        "PAYPAL_SANDBOX_SECRET": SecretSpec(name="PAYPAL_SANDBOX_SECRET"),
        "BRAINTREE_SANDBOX_KEY": SecretSpec(name="BRAINTREE_SANDBOX_KEY"),
    }
    assert dict(got.suites) == {
        "payments": Suite(
            name="payments",
            requires=("STRIPE_TEST_KEY",),
            any_of=(("PAYPAL_SANDBOX_SECRET", "BRAINTREE_SANDBOX_KEY"),),
            paths=("tests/integration/payments",),
            on_missing=Policies(local="fail", ci="fail", fork="fail"),
            on_broken=Policies(local="fail", ci="fail", fork="skip"),
        )
    }


def test_a_service_of_the_projects_own_may_be_declared(tmp_path: Path) -> None:
    got = load(tmp_path, "[secrets.A]\nservice = 'acme'\n[services.acme]\nname = 'Acme'\n")
    assert got.secrets["A"].service == "acme"


def test_a_suites_table_of_policies_falls_back_on_the_top_level(tmp_path: Path) -> None:
    text = "on-missing = {ci = 'fail'}\n[suites.s]\non-missing = {local = 'fail'}\n"
    suite = load(tmp_path, text).suites["s"]
    assert suite.on_missing == Policies(local="fail", ci="fail", fork="skip")


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = """\
ambiet = "warn"
sources = ["dotenv", "valut", "dotenv"]
on-missing = "skp"
[secrets.A]
service = "strpe"
file = "yes"
[secrets.B]
aliases = ["A"]
[suites.s]
requires = ["AA"]
any-of = [[]]
"""
    assert problems(tmp_path, text) == (
        "credcheck.toml:1: ambiet: unknown key (did you mean 'ambient'?)",
        "credcheck.toml:2: sources[2]: 'dotenv' stands in the list twice",
        "credcheck.toml:2: sources[1]: unknown source 'valut' (did you mean 'vault'?)",
        (
            'credcheck.toml:3: on-missing: expected "skip" or "fail", found \'skp\' '
            "(did you mean 'skip'?)"
        ),
        "credcheck.toml:5: secrets.A.service: unknown service 'strpe' (did you mean 'stripe'?)",
        "credcheck.toml:6: secrets.A.file: expected true or false, found a text",
        "credcheck.toml:8: secrets.B.aliases: 'A' is already the name of a secret",
        "credcheck.toml:10: suites.s.requires[0]: unknown secret 'AA' (did you mean 'A'?)",
        "credcheck.toml:11: suites.s.any-of[0]: the group is empty: nothing could satisfy it",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sources = []", "sources: the list is empty: no source would be asked"),
        ("sources = 'env'", "sources: expected a list of source names, found a text"),
        ("ambient = true", 'ambient: expected "off" or "warn" or "refuse", found true or false'),
        ("ambient = 'AKIA1234'", 'ambient: expected "off" or "warn" or "refuse", found another text'),
        ("on-missing = 1", 'on-missing: expected "skip", "fail" or a table of contexts, found a number'),
        ("on-missing = {cy = 'skip'}", "on-missing.cy: unknown context; known: local, ci, fork"),
        ("on-missing = {ci = 'x'}", 'on-missing.ci: expected "skip" or "fail", found \'x\''),
        ("secrets = 1", "secrets: expected a table of tables, found a number"),
        ("suites = []", "suites: expected a table of tables, found a list"),
        ("services = 1", "services: expected a table of tables, found a number"),
        ("services.Acme = {}", "services.Acme: expected a service's id (small letters, digits, _)"),
        ("services.acme = 1", "services.acme: expected a table, found a number"),
        ("services.acme.nam = 'x'", "services.acme.nam: unknown key (did you mean 'name'?)"),
        ("secrets.A = 1", "secrets.A: expected a table, found a number"),
        ("secrets.A-B = {}", "secrets.A-B: expected the name of an environment variable (letters, digits, _)"),
        ("secrets.A.description = ' '", "secrets.A.description: the text is blank; leave the key out"),
        ("secrets.A.description = \"a\\nb\"", "secrets.A.description: expected one line of text without control characters"),
        ("secrets.A.aliases = ['a b']", "secrets.A.aliases[0]: expected the name of an environment variable (letters, digits, _)"),
        ("secrets.A.vault = 'secret'", 'secrets.A.vault: expected "mount/path#field"'),
        ("secrets.A.aws = '#field'", 'secrets.A.aws: expected "secret-id#field"'),
        ("secrets.A.aws = 1979-05-27", "secrets.A.aws: expected a text, found a date or time"),
        ("suites.'' = {}", "suites.\"\": expected a suite's name (one line, not blank, no leading -)"),
        ("suites.s.paths = ['/tests']", "suites.s.paths[0]: expected a path relative to the manifest's folder"),
        ("suites.s.paths = ['C:/tests']", "suites.s.paths[0]: expected a path relative to the manifest's folder"),
        ("suites.s.paths = ['a\\b']", "suites.s.paths[0]: expected forward slashes"),
        ("suites.s.paths = ['../x']", "suites.s.paths[0]: the path must stay inside the manifest's folder"),
        ("suites.s.any-of = ['A']", 'suites.s.any-of[0]: expected a list of secret names (any-of = [["A", "B"]]), found a text'),
        ("refuse.values = ['plain']", 'refuse.values[0]: expected a fingerprint ("scrypt:…"), as `credcheck fingerprint` prints it'),
        ("refuse.aws-accounts = ['12a']", "refuse.aws-accounts[0]: expected an account number, as a text of 12 digits"),
        ("refuse.aws-accounts = [111111111111]", "refuse.aws-accounts[0]: expected a text, found a number"),
        ("vault.auth = 'jwtt'", "vault.auth: expected"),
        ("vault.address = 'vault.example'", "vault.address: expected an address that begins with https:// or http://"),
        ("vault.address = 'https://u:p@v.example'", "vault.address: an address must not hold a user name or password"),
        ("vault.timeout = 0", "vault.timeout: expected a finite number of seconds above 0"),
        ("vault.timeout = nan", "vault.timeout: expected a finite number of seconds above 0"),
        ("vault.timeout = inf", "vault.timeout: expected a finite number of seconds above 0"),
        ("vault.timeout = true", "vault.timeout: expected a number of seconds, found true or false"),
        ("aws.timeout = 1" + "0" * 400, "aws.timeout: expected a finite number of seconds above 0"),
        ("dotenv = 'x'", "dotenv: expected a table, found a text"),
    ],
)  # fmt: skip
def test_a_mistake_names_its_key_and_what_was_expected(
    tmp_path: Path, text: str, problem: str
) -> None:
    (found,) = problems(tmp_path, text)
    assert found.startswith(f"credcheck.toml:1: {problem}")


def test_every_mistake_of_an_own_service_is_told_with_its_line(tmp_path: Path) -> None:
    text = """[services.acme]
env = "ACME_KEY"

[[services.acme.kinds]]
id = "key"
test = ["acme_test_"]

[[services.acme.kinds]]
id = "key"
live = ["acme_live_"]
tail = "base63{32}"

[services.acme.hosts]
sandbax = ["sandbox.acme.io"]
"""
    assert problems(tmp_path, text) == (
        "credcheck.toml:2: services.acme.env: must be a list of strings",
        "credcheck.toml:4: services.acme.kinds[0].tail: is missing, and test needs it",
        "credcheck.toml:5: services.acme.kinds[0].id: is the id of another kind too",
        "credcheck.toml:9: services.acme.kinds[1].id: is the id of another kind too",
        (
            "credcheck.toml:11: services.acme.kinds[1].tail: piece 1 is neither 'text' nor an "
            "alphabet with a length, such as base62{24}"
        ),
        "credcheck.toml:14: services.acme.hosts.sandbax: unknown key (did you mean 'sandbox'?)",
    )


def test_where_to_obtain_a_secret_may_be_any_words(tmp_path: Path) -> None:
    got = load(tmp_path, "secrets.A.obtain = 'ask in #payments'")
    assert got.secrets["A"].obtain == "ask in #payments"


def test_an_alias_belongs_to_one_secret_and_is_no_name_for_a_suite(tmp_path: Path) -> None:
    text = (
        "[secrets.A]\naliases = ['C']\n[secrets.B]\naliases = ['C']\n[suites.s]\nrequires = ['C']\n"
    )
    assert problems(tmp_path, text) == (
        "credcheck.toml:4: secrets.B.aliases: 'C' is already an alias of 'A'",
        "credcheck.toml:6: suites.s.requires[0]: 'C' is an alias; name the secret 'A'",
    )


def test_a_value_in_the_wrong_place_is_not_shown(tmp_path: Path) -> None:
    key = "sk_" + "live_" + "4fG7hJ2kL9mN3pQ5rS8tV1wX"
    (found,) = problems(tmp_path, f"{key} = 1\n")
    assert "4fG7" not in found
    assert "[hidden]" in found


def test_many_mistakes_are_told_in_bounded_time(tmp_path: Path) -> None:
    text = "".join(f"key_{n} = 1\n" for n in range(2000))
    assert len(problems(tmp_path, text)) == 2000


_WORDS = st.sampled_from(
    [
        "secrets",
        "suites",
        "A",
        "B",
        "s",
        "service",
        "aliases",
        "requires",
        "any-of",
        "refuse",
        "allow",
        "hosts",
        "on-missing",
        "vault",
        "timeout",
        "sources",
        "skip",
        "env",
        "ci",
        "paths",
    ]
)
_VALUES: Any = st.recursive(
    st.booleans() | st.integers(-5, 5) | _WORDS | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=12,
)


def toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + "}"
    return repr(value)


@given(st.dictionaries(_WORDS, _VALUES, max_size=4))
def test_no_table_makes_it_raise_anything_but_a_manifest_error(
    tmp_path_factory: pytest.TempPathFactory, table: dict[str, Any]
) -> None:
    root = tmp_path_factory.mktemp("project")
    text = "".join(f"{key} = {toml(value)}\n" for key, value in table.items())
    try:
        got = load(root, text)
    except ManifestError as error:
        assert all(line.startswith("credcheck.toml") for line in error.problems)  # noqa: PT017
    else:
        assert got.path == root / "credcheck.toml"


def test_the_reference_page_has_every_key_and_no_other() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "manifest.md"
    sections = re.split(r"^##+ ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    shown = {
        section.partition("\n")[0].strip("`[] "): tuple(
            re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)
        )
        for section in sections
        if re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)
    }
    assert {("" if name == "Top level" else name): keys for name, keys in shown.items()} == {
        **KEYS,
        "services.NAME": tuple(SERVICE_KEYS),
        "services.NAME.hosts": tuple(HOST_KEYS),
        "services.NAME.kinds": tuple(KIND_KEYS),
        "services.NAME.probe": tuple(PROBE_KEYS),
        "services.NAME.dummies": tuple(DUMMY_KEYS),
        "services.NAME.examples": tuple(EXAMPLE_KEYS),
    }
    alphabets = re.findall(
        r"`([\w-]+)`",
        page.read_text(encoding="utf-8").partition("The alphabets:")[2].partition("Nothing")[0],
    )
    assert sorted({*alphabets} - {"_", "-"}) == sorted(ALPHABETS)
