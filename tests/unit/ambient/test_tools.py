"""Where the tools of a machine lead: each tool's own files and variables."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credcheck.ambient import TOOLS, look
from credcheck.ambient.kube import _from_yaml
from credcheck.ambient.world import CannotRead, read_ini, shown
from credcheck.classifier.fingerprint import fingerprint
from credcheck.model import Manifest, Refuse
from support.keys import aws_key_id, stripe_live, stripe_test, tail

if TYPE_CHECKING:
    from pathlib import Path

    from credcheck.model import Ambient, Finding

PROD, CI = "999999999999", "111111111111"
ACCOUNTS = Refuse(aws_accounts=(PROD,))
HOSTS = Refuse(hosts=("*.prod.example.com", "10.0.0.5"), databases=("*_prod",))
PROJECTS = Refuse(gcp_projects=("acme-prod-*", "acme-live"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def write(home: Path, name: str, text: str) -> Path:
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def told(home: Path, refuse: Refuse, *services: str, **environ: str) -> list[Finding]:
    ambient: Ambient = "refuse" if environ.pop("ambient", "") else "warn"
    manifest = Manifest(root=home, refuse=refuse, ambient=ambient)
    return list(look(manifest, {"HOME": str(home), **environ}, frozenset(services)))


def messages(found: list[Finding]) -> list[str]:
    return [finding.message for finding in found]


# ── AWS ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("config", "how"),
    [
        (f"role_arn = arn:aws:iam::{PROD}:role/admin", "assumes a role in"),
        (f"sso_account_id = {PROD}\nsso_role_name = x", "signs in to"),
        ("source_profile = base", "has a key of"),
    ],
)
def test_an_aws_profile_of_a_refused_account(home: Path, config: str, how: str) -> None:
    write(home, ".aws/config", f"[profile prod]\n{config}\n[profile ci]\nregion = eu-west-1\n")
    key = aws_key_id(PROD)
    write(home, ".aws/credentials", f"[base]\naws_access_key_id = {key}\n[ci]\n")
    found = told(home, ACCOUNTS, AWS_PROFILE="prod")
    assert messages(found) == [
        f"The AWS profile 'prod' {how} an AWS account that the manifest refuses."
        if "source" not in config
        else f"The AWS profile 'base' {how} an AWS account that the manifest refuses."
    ]
    assert (found[0].code, found[0].severity) == ("CRED019", "warning")
    assert "AWS_PROFILE" in found[0].hint
    assert key not in str(found)
    assert told(home, ACCOUNTS, AWS_PROFILE="ci") == []


def test_the_default_profile_counts_when_none_is_named(home: Path) -> None:
    write(home, "x/creds", f"[default]\naws_access_key_id = {aws_key_id(PROD)}\n")
    found = told(home, ACCOUNTS, AWS_SHARED_CREDENTIALS_FILE="~/x/creds")
    assert messages(found) == [
        "The AWS profile 'default' has a key of an AWS account that the manifest refuses."
    ]
    assert told(home, ACCOUNTS, AWS_SHARED_CREDENTIALS_FILE="~/x/creds", AWS_PROFILE="other") == []


def test_an_allowed_account_and_a_circle_of_profiles_are_nothing(home: Path) -> None:
    write(
        home,
        ".aws/config",
        f"[default]\nrole_arn = arn:aws:iam::{CI}:role/x\nsource_profile = b\n"
        "[profile b]\nsource_profile = default\n",
    )
    assert told(home, ACCOUNTS) == []


# ── Kubernetes ────────────────────────────────────────────────────────────────────────────────

KUBECONFIG = """\
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: {data}
    server: https://{host}:6443
  name: main
- cluster:
    server: 'https://other.example.com'
  name: "other"
contexts:
- context:
    cluster: main
    namespace: shop
    user: admin
  name: work
- name: play
  context: # of the laptop
    cluster: other # here
current-context: {current}
kind: Config
users:
- name: admin
  user:
    token: {data}
"""


@pytest.mark.parametrize(
    ("current", "host", "refused"),
    [
        ("work", "api.prod.example.com", True),
        ('"work"', "API.PROD.example.com.", True),
        ("work", "10.0.0.5", True),
        ("work", "[::ffff:10.0.0.5]", True),
        ("work", "api.ci.example.com", False),
        ("play", "api.prod.example.com", False),
        ("''", "api.prod.example.com", False),
        ("gone", "api.prod.example.com", False),
    ],
)
@pytest.mark.parametrize("indent", [0, 2])
def test_the_cluster_of_the_current_context(
    home: Path, current: str, host: str, refused: bool, indent: int
) -> None:
    secret = tail(40)
    text = KUBECONFIG.format(current=current, host=host, data=secret)
    if indent:
        text = "".join(
            line if line[0].isalpha() else f"  {line}" for line in text.splitlines(keepends=True)
        )
    write(home, ".kube/config", text)
    found = told(home, HOSTS)
    assert bool(found) is refused
    assert secret not in str(found)
    if refused:
        assert found[0].message.startswith("The Kubernetes context 'work' leads to ")
        assert found[0].message.endswith(", a host that the manifest refuses.")


def test_kubeconfigs_may_be_json_and_several(home: Path) -> None:
    first = {"current-context": "c", "contexts": [], "clusters": []}
    second = {
        "current-context": "ignored",
        "contexts": [{"name": "c", "context": {"cluster": "k"}}],
        "clusters": [{"name": "k", "cluster": {"server": "https://api.prod.example.com"}}],
    }
    paths = [write(home, name, json.dumps(data)) for name, data in (("a", first), ("b", second))]
    found = told(home, HOSTS, KUBECONFIG=os.pathsep.join(map(str, [*paths, home / "none"])))
    assert len(found) == 1
    assert "'c' leads to api.prod.example.com" in found[0].message


@pytest.mark.parametrize(
    ("name", "refuse"),
    [
        ("gke_acme-prod-1_europe-west1_main", PROJECTS),
        ("gke_acme-live_europe-west1_main", PROJECTS),
        (f"arn:aws:eks:eu-west-1:{PROD}:cluster/main", ACCOUNTS),
    ],
)
def test_the_names_that_clouds_give_hold_project_and_account(
    home: Path, name: str, refuse: Refuse
) -> None:
    text = KUBECONFIG.format(current=name, host="1.2.3.4", data="x").replace("work", name)
    write(home, ".kube/config", text)
    assert messages(told(home, refuse)) == [
        f"The Kubernetes context {name!r} leads to an account or a project that the manifest refuses."
    ]
    assert told(home, HOSTS) == []


@pytest.mark.parametrize(
    "text",
    [
        "clusters: [{name: a}]\ncurrent-context: a\n",
        "contexts: *all\ncurrent-context: a\n",
        "current-context: &x a\n",
        "current-context: |\n  a\n",
        "current-context: 'it''s'\n",
        'current-context: "a\\u0062"\n',
        "clusters:\n  name: a\n",
        "clusters:\n- name: {a: b}\n",
        "{broken",
        '{"contexts": [{}]}',
        '{"contexts": 1}',
        "[" * 9 + "{",
    ],
)
def test_what_is_not_read_is_said_and_not_guessed(home: Path, text: str) -> None:
    write(home, ".kube/config", text)
    found = told(home, HOSTS)
    if text.startswith("["):
        assert found == []
    else:
        assert [(f.code, f.severity) for f in found] == [("CRED021", "info")]
        assert found[0].message.startswith("~/.kube/config could not be read")


@given(st.text(alphabet="ab:- '\"{}[]#&*|\n\t", max_size=80))
def test_no_text_makes_the_reader_of_kubeconfigs_raise(text: str) -> None:
    with contextlib.suppress(CannotRead):
        config = _from_yaml("x", f"clusters:\n{text}\ncurrent-context: {text}")
        assert isinstance(config.current, str)


# ── Google Cloud ──────────────────────────────────────────────────────────────────────────────


def test_the_project_of_the_active_configuration(home: Path) -> None:
    folder = ".config/gcloud"
    write(home, f"{folder}/active_config", "work\n")
    write(home, f"{folder}/configurations/config_work", "[core]\nproject = acme-prod-1\n")
    write(home, f"{folder}/configurations/config_play", "[core]\nproject = acme-ci\n")
    assert messages(told(home, PROJECTS)) == [
        "gcloud's configuration 'work' has the project acme-prod-1, which the manifest refuses."
    ]
    assert told(home, PROJECTS, CLOUDSDK_ACTIVE_CONFIG_NAME="play") == []
    assert told(home, PROJECTS, CLOUDSDK_ACTIVE_CONFIG_NAME="../x") == []
    assert told(home, PROJECTS, CLOUDSDK_CONFIG=str(home / "none")) == []
    assert len(told(home, PROJECTS, CLOUDSDK_CONFIG=str(home / folder), HOME="")) == 1
    assert told(home, PROJECTS, APPDATA=str(home / ".config"))


def test_the_default_configuration_counts_when_none_is_active(home: Path) -> None:
    write(home, ".config/gcloud/configurations/config_default", "[core]\nproject=acme-live\n")
    assert len(told(home, PROJECTS)) == 1


@pytest.mark.parametrize(
    ("document", "refused"),
    [
        ({"type": "service_account", "project_id": "acme-prod-1"}, True),
        ({"type": "authorized_user", "quota_project_id": "acme-live"}, True),
        ({"client_email": "x@acme-prod-1.iam.gserviceaccount.com"}, True),
        ({"project_id": "acme-ci", "client_email": "x@acme-ci.example"}, False),
        ({"project_id": 5}, False),
        ([], False),
    ],
)
def test_the_project_of_the_default_credentials(home: Path, document: Any, refused: bool) -> None:
    write(home, ".config/gcloud/application_default_credentials.json", json.dumps(document))
    assert len(told(home, PROJECTS)) is int(refused) or bool(told(home, PROJECTS)) is refused
    named = write(home, "key.json", json.dumps(document))
    other = {"GOOGLE_APPLICATION_CREDENTIALS": str(home / "none.json")}
    assert told(home, PROJECTS, **other) == []
    found = told(home, PROJECTS, GOOGLE_APPLICATION_CREDENTIALS=str(named))
    assert bool(found) is refused


def test_default_credentials_that_are_no_json_are_told(home: Path) -> None:
    write(home, ".config/gcloud/application_default_credentials.json", "{")
    assert [f.code for f in told(home, PROJECTS)] == ["CRED021"]


# ── PostgreSQL ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        (
            {"PGHOST": "db.prod.example.com"},
            "The variable PGHOST leads to db.prod.example.com, a host that the manifest refuses.",
        ),
        (
            {"PGHOST": "localhost,db.prod.example.com"},
            "The variable PGHOST leads to db.prod.example.com, a host that the manifest refuses.",
        ),
        (
            {"PGHOSTADDR": "10.0.0.5"},
            "The variable PGHOSTADDR leads to 10.0.0.5, a host that the manifest refuses.",
        ),
        (
            {"PGDATABASE": "shop_prod"},
            "The variable PGDATABASE leads to shop_prod, a database that the manifest refuses.",
        ),
        (
            {"PGSERVICE": "shop"},
            "The PostgreSQL service 'shop' leads to db.prod.example.com, a host that the manifest refuses.",
        ),
        (
            {"PGSERVICE": "data"},
            "The PostgreSQL service 'data' leads to x_prod, a database that the manifest refuses.",
        ),
        ({"PGSERVICE": "ci"}, None),
        ({"PGSERVICE": "none"}, None),
        ({"PGHOST": "localhost", "PGDATABASE": "shop_test"}, None),
    ],
)
def test_libpqs_variables_and_services(
    home: Path, environ: dict[str, str], message: str | None
) -> None:
    services = (
        "[shop]\nhost=db.prod.example.com\ndbname=shop\n[ci]\nhost=localhost\n"
        "[data]\nhost=localhost\ndbname=x_prod\n"
    )
    for name in (".pg_service.conf", "sys/pg_service.conf"):
        write(home, name, services)
    assert messages(told(home, HOSTS, **environ)) == ([message] if message else [])
    if "PGSERVICE" in environ:
        elsewhere = {"PGSERVICEFILE": str(home / "x"), "PGSYSCONFDIR": str(home / "sys")}
        assert bool(told(home, HOSTS, **environ, **elsewhere)) is bool(message)


# ── Stripe and PyPI ───────────────────────────────────────────────────────────────────────────


def test_a_live_key_of_the_stripe_command(home: Path) -> None:
    key = stripe_live()
    text = f'color = ""\n[default]\ntest_mode_api_key = "{stripe_test()}"\n'
    path = write(home, ".config/stripe/config.toml", f'{text}live_mode_api_key = "{key}"\n')
    found = told(home, Refuse(), "stripe")
    assert [(f.code, f.severity) for f in found] == [("CRED020", "warning")]
    assert found[0].message == (
        "The Stripe command's profile 'default' in ~/.config/stripe/config.toml holds a production "
        f"credential: it carries the live marker {key[:8]} of stripe and others."
    )
    assert key[8:] not in str(found)
    assert told(home, Refuse(), "sendgrid") == []
    assert told(home, Refuse(), "stripe", XDG_CONFIG_HOME=str(home / "x")) == []
    path.write_text(f'{text}live_mode_api_key = "{key[:12]}********abcd"\n', encoding="utf-8")
    assert told(home, Refuse(), "stripe") == []
    path.write_text("=", encoding="utf-8")
    assert [f.code for f in told(home, Refuse(), "stripe")] == ["CRED021"]


def test_a_key_of_the_stripe_command_with_a_refused_fingerprint(home: Path) -> None:
    key = stripe_test()
    text = f'[default]\ntest_mode_api_key = "{key}"\naccount_id = "x"\n'
    write(home, ".config/stripe/config.toml", text)
    refuse = Refuse(values=(fingerprint(key, b"0" * 16),))
    assert [f.code for f in told(home, refuse)] == ["CRED020"]


PYPI = "pypi-" + "AgEIcHlwaS5vcmc" + tail(90)
TEST_PYPI = "pypi-" + "AgENdGVzdC5weXBpLm9yZw" + tail(90)


def test_a_token_of_pypi_itself(home: Path) -> None:
    path = write(
        home,
        ".pypirc",
        f"[distutils]\nindex-servers =\n  pypi\n[pypi]\nusername = __token__\npassword = {PYPI}\n"
        f"[testpypi]\npassword = {TEST_PYPI}\n",
    )
    found = told(home, Refuse(), "pypi")
    assert [f.code for f in found] == ["CRED020"]
    assert found[0].message.startswith("The index 'pypi' in ~/.pypirc holds a production ")
    assert PYPI[20:] not in str(found)
    assert told(home, HOSTS) == []
    text = "[work]\nrepository = https://pypi.prod.example.com/simple\npassword = x\n"
    path.write_text(text, encoding="utf-8")
    assert [f.code for f in told(home, HOSTS)] == ["CRED019"]
    assert told(home, Refuse(), "pypi") == []


# ── all of them ───────────────────────────────────────────────────────────────────────────────


def test_a_tool_is_not_looked_at_when_nothing_of_its_sort_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from credcheck.ambient.world import World

    def forbidden(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(World, "read", forbidden)
    everything = {"AWS_PROFILE": "x", "PGSERVICE": "x", "KUBECONFIG": "x", "CLOUDSDK_CONFIG": "x"}
    assert told(home, Refuse(vault=("secret/prod/*",)), "sendgrid", **everything) == []


def test_refusing_makes_an_error_of_it(home: Path) -> None:
    found = told(home, HOSTS, ambient="refuse", PGHOST="db.prod.example.com")
    assert [f.severity for f in found] == ["error"]


def test_without_a_home_folder_only_variables_are_looked_at(tmp_path: Path) -> None:
    refuse = Refuse(
        hosts=HOSTS.hosts, aws_accounts=(PROD,), gcp_projects=("x",), values=("scrypt:x:y",)
    )
    manifest = Manifest(root=tmp_path, refuse=refuse)
    assert list(look(manifest, {"PGSERVICE": "x"}, frozenset(("stripe", "pypi")))) == []


@pytest.mark.parametrize("kind", ["folder", "binary", "long", "ini"])
def test_a_file_that_cannot_be_read_is_told_without_its_content(home: Path, kind: str) -> None:
    path = home / ".aws" / "config"
    path.parent.mkdir()
    if kind == "folder":
        path.mkdir()
    else:
        secret = b"s3cr3t" * 9
        data = {"binary": b"\xff" + secret, "long": b"x" * 1_000_001, "ini": secret}
        path.write_bytes(data[kind])
    found = told(home, ACCOUNTS)
    assert [(f.code, f.severity) for f in found] == [("CRED021", "info")]
    assert found[0].message.startswith("~/.aws/config could not be read, so where it leads")
    assert "s3cr3t" not in str(found)


def test_a_file_outside_the_home_folder_is_named_in_full(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text("x", encoding="utf-8")
    (found,) = told(home, ACCOUNTS, AWS_CONFIG_FILE=str(path))
    assert str(path) in found.message


def test_names_are_shown_without_control_characters() -> None:
    assert shown("a\x1b[2Jb\n") == "a?[2Jb?"
    assert shown("x" * 200) == "x" * 80 + "…"


def test_every_tool_stands_in_the_register_under_its_name() -> None:
    assert list(TOOLS) == sorted(TOOLS)


def test_sections_that_stand_twice_are_merged() -> None:
    assert read_ini("x", "[a]\nb=1\n[a]\nc=%(2)s\nd\n") == {"a": {"b": "1", "c": "%(2)s", "d": ""}}
