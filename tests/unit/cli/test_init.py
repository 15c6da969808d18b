"""Three projects of different shapes, as they are before they know credcheck."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from credcheck.cli import main
from support.keys import stripe_live, tail
from support.projects import enter_project
from support.terminals import finish, spawn

if TYPE_CHECKING:
    from collections.abc import Iterator


DUFFEL = "duffel_" + "test_" + tail(43)


def lay(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    enter_project(tmp_path, monkeypatch)
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        yield tmp_path


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(words)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def manifest(root: Path) -> dict[str, Any]:
    own = root / "credcheck.toml"
    if own.exists():
        return tomllib.loads(own.read_text(encoding="utf-8"))
    table: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    read: dict[str, Any] = table["tool"]["credcheck"]
    return read


# ── a flat web application with skipif marks ──────────────────────────────────────────────────

FLAT = {
    "app.py": (
        "import os\n"
        "from os import environ, getenv as read\n"
        'DEBUG = os.environ.get("DEBUG", "0")\n'
        'STRIPE = os.environ["STRIPE_SECRET_KEY"]\n'
        'MAIL = environ.get("SENDGRID_API_KEY")\n'
        'SECRET_KEY = os.environ.get("SECRET_KEY", "dev")\n'
        'LOCAL_TOKEN = read("LOCAL_TOKEN", "a-default")\n'
        'MINUTES = read("ACCESS_TOKEN_MINUTES")\n'
    ),
    ".env.example": (
        "# Stripe secret key, test mode\n"
        "# https://dashboard.stripe.com/test/apikeys\n"
        "STRIPE_SECRET_KEY=\n"
        "\n"
        "LOG_LEVEL=info\n"
        "SENDGRID_API_KEY=changeme # ask the team\n"
    ),
    "tests/test_payments.py": (
        "import os, pytest\n"
        'KEY = "STRIPE_SECRET_KEY"\n'
        'pytestmark = pytest.mark.skipif(KEY not in os.environ, reason="no key")\n'
        "def test_charge(): pass\n"
        "def test_refund(): pass\n"
    ),
    "tests/test_units.py": "def test_one(): pass\n",
    "node_modules/x/y.py": "import os\nos.environ['NODE_TOKEN']\n",
    ".venv/lib/z.py": "import os\nos.environ['VENV_TOKEN']\n",
    "penv/pyvenv.cfg": "",
    "penv/lib/z.py": "import os\nos.environ['PENV_TOKEN']\n",
}


def test_a_flat_application_gets_a_manifest_that_passes(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, FLAT)
    code, out, err = ran(capsys, "init")
    assert (code, err) == (0, "")
    read = manifest(project)
    assert list(read["secrets"]) == ["SENDGRID_API_KEY", "STRIPE_SECRET_KEY"]
    assert read["secrets"]["STRIPE_SECRET_KEY"] == {
        "service": "stripe",
        "description": "Stripe secret key, test mode https://dashboard.stripe.com/test/apikeys",
        "obtain": "https://dashboard.stripe.com/test/apikeys",
    }
    assert read["suites"] == {
        "stripe": {"requires": ["STRIPE_SECRET_KEY"], "paths": ["tests/test_payments.py"]}
    }
    text = (project / "credcheck.toml").read_text()
    assert "# named in .env.example:3, app.py:4, tests/test_payments.py:3\n" in text
    assert (project / ".gitignore").read_text() == ".env.test\n"
    example = (project / ".env.test.example").read_text()
    assert "STRIPE_SECRET_KEY=\n" in example
    assert "2 secrets declared\nnext: credcheck check\nthen: credcheck bootstrap\n" in out
    code, out, err = ran(capsys, "check")
    assert (code, err) == (0, "")
    assert "SKIP     stripe    2 tests  STRIPE_SECRET_KEY is absent" in out


# ── a package with pydantic-settings and marks ────────────────────────────────────────────────

PACKAGE = {
    "pyproject.toml": '[project]\nname = "shop"\n\n[tool.pytest.ini_options]\ntestpaths = ["tests"]',
    "src/shop/__init__.py": "",
    "src/shop/config.py": (
        "from pydantic import BaseModel, Field, SecretStr, AliasChoices\n"
        "from pydantic_settings import BaseSettings, SettingsConfigDict\n"
        "class Paypal(BaseModel):\n"
        "    client_id: str\n"
        "    secret: SecretStr\n"
        "class Base(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")\n'
        "class Settings(Base):\n"
        '    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")\n'
        "    debug: bool = False\n"
        "    pepper: SecretStr\n"
        "    database_url: str\n"
        '    stripe: SecretStr = Field(validation_alias=AliasChoices("STRIPE_TEST_KEY", "SK"))\n'
        '    algolia_key: str = Field(..., alias="ALGOLIA_ADMIN_KEY")\n'
        '    token: str = "a-default"\n'
        "    paypal: Paypal\n"
        "    retries: int\n"
        "class Old(BaseSettings):\n"
        "    class Config:\n"
        '        env_prefix = "OLD_"\n'
        "    api_token: str\n"
    ),
    "tests/integration/test_stripe.py": (
        "from credcheck import require_secret\n"
        '@require_secret("STRIPE_TEST_KEY")\ndef test_a(): pass\n'
    ),
    ".env": f"STRIPE_TEST_KEY={'sk_' + 'live_' + 'x' * 0}\nFLIGHTS={DUFFEL}\nPORT=80\n",
}


def test_a_package_gets_a_table_in_its_pyproject_that_passes(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, PACKAGE)
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    (project / ".gitignore").write_text("*.pyc\n.env*")
    code, out, err = ran(capsys, "init")
    assert (code, err) == (0, "")
    text = (project / "pyproject.toml").read_text()
    assert text.startswith(PACKAGE["pyproject.toml"] + "\n\n#")
    read = manifest(project)
    assert {name: table.get("service") for name, table in read["secrets"].items()} == {
        "ALGOLIA_ADMIN_KEY": "algolia",
        "OLD_API_TOKEN": None,
        "FLIGHTS": "duffel",  # by its value's shape
        "SHOP_DATABASE_URL": "database_url",
        "SHOP_PAYPAL__SECRET": None,
        "SHOP_PEPPER": None,
        "STRIPE_TEST_KEY": "stripe",
    }
    assert "suites" not in read  # the mark says it already
    assert (project / ".gitignore").read_text() == "*.pyc\n.env*"  # it is ignored
    assert DUFFEL not in out + text + (project / ".env.test.example").read_text()
    code, out, err = ran(capsys, "check")
    assert (code, err) == (0, "")
    assert re.search(r"tests/integration/test_stripe +1 test +STRIPE_TEST_KEY is absent", out)


# ── an older project with a live key in .env, decouple, and conftests ─────────────────────────

OLDER = {
    "manage.py": "",
    "shop/settings.py": (
        "from decouple import config\n"
        'STRIPE = config("STRIPE_KEY")\n'
        'DEBUG = config("DEBUG", default=False, cast=bool)\n'
        'DATABASE_URL = config("DATABASE_URL", default="sqlite:///db")\n'
        'GOOGLE = config("GOOGLE_APPLICATION_CREDENTIALS")\n'
    ),
    "shop/broken.py": "import os\nos.environ['BROKEN_KEY'\n",
    "tests/conftest.py": "import os\nTOP = os.getenv('TWILIO_AUTH_TOKEN')\n",
    "tests/integration/conftest.py": "import os\nKEY = os.environ['GITHUB_TOKEN']\n",
    "tests/integration/test_repo.py": "def test_a(): pass\n",
    ".env": f"# old one: {stripe_live(8)}\nSTRIPE_KEY={stripe_live()}\n",
    ".env.broken": "A='open\n",
    ".env.test.example": "# ours\nSTRIPE_KEY=\n",
    ".gitignore": "db",
}


def test_an_older_project_gets_a_manifest_that_passes_and_nothing_is_overwritten(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, OLDER)
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    code, out, err = ran(capsys, "init")
    assert code == 0
    assert "not read: .env.broken:1: not a line of the form NAME=value" in err
    assert "not read: shop/broken.py" in err
    assert stripe_live()[8:16] not in out + err
    assert stripe_live(8)[8:16] not in out + err
    read = manifest(project)
    assert list(read["secrets"]) == [
        "GITHUB_TOKEN",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "STRIPE_KEY",
        "TWILIO_AUTH_TOKEN",
    ]
    assert read["secrets"]["GOOGLE_APPLICATION_CREDENTIALS"]["file"] is True
    assert read["suites"] == {
        "github": {"requires": ["GITHUB_TOKEN"], "paths": ["tests/integration"]}
    }
    assert (
        "# .env:2 holds a production credential: tests need another one\n"
        in (project / "credcheck.toml").read_text()
    )
    assert (project / ".env.test.example").read_text() == OLDER[".env.test.example"]
    assert (project / ".gitignore").read_text() == "db\n.env.test\n"
    code, _, err = ran(capsys, "check")
    assert (code, err) == (0, "")


# ── the plan, and what is not done ────────────────────────────────────────────────────────────


def files(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if path.is_file())


def test_a_dry_run_shows_everything_and_writes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, {"app.py": FLAT["app.py"]})
    code, out, _ = ran(capsys, "init", "--dry-run")
    assert code == 0
    assert "── credcheck.toml\n" in out
    assert "   [secrets.STRIPE_SECRET_KEY]\n" in out
    assert "── .env.test.example\n" in out
    assert "── .gitignore\n   .env.test\n" in out
    assert files(project) == ["app.py"]


@pytest.mark.parametrize("text", ["[secrets.A]\n", "broken = \n"], ids=["good", "broken"])
def test_a_manifest_that_is_there_stays(
    project: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (project / "credcheck.toml").write_text(text)
    code, out, err = ran(capsys, "init")
    assert code == (1 if "secrets" in text else 2)
    assert out == ""
    assert "credcheck.toml" in err
    assert files(project) == ["credcheck.toml"]
    assert (project / "credcheck.toml").read_text() == text


def test_a_project_that_says_nothing_gets_a_manifest_that_shows_how(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = ran(capsys, "init")
    assert code == 0
    assert "# [secrets.STRIPE_TEST_KEY]" in out
    assert "then: credcheck bootstrap" not in out
    assert ran(capsys, "check")[0] == 0


def test_the_manifest_can_be_another_file(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, FLAT)
    (project / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert ran(capsys, "init", "--manifest", "config/keys.toml")[0] == 0
    assert (project / "config" / "keys.toml").exists()
    assert ran(capsys, "check", "--manifest", "config/keys.toml")[0] == 0
    assert ran(capsys, "init", "--manifest", "config/keys.toml")[0] == 1
    assert ran(capsys, "init", "--manifest", "pyproject.toml")[0] == 0


def test_the_variable_names_the_manifest_as_for_every_command(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDCHECK_MANIFEST", "keys.toml")
    assert ran(capsys, "init")[0] == 0
    assert (project / "keys.toml").exists()
    assert not (project / "credcheck.toml").exists()
    assert ran(capsys, "init")[0] == 1


def test_a_pyproject_that_takes_no_other_table_is_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = 'tool = {pytest = {}}\nproject = {name = "x"}\n'
    lay(project, {"pyproject.toml": text})
    code, _, err = ran(capsys, "init")
    assert code == 2
    assert "pyproject.toml" in err
    assert (project / "pyproject.toml").read_text() == text


@pytest.mark.skipif(os.name != "posix", reason="links need a privilege on Windows")
def test_a_file_that_cannot_be_read_or_written_is_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / ".gitignore").write_bytes(b"\xff\xfe")
    assert "'.gitignore" in (err := ran(capsys, "init")[2]) or ".gitignore cannot be read" in err
    (project / ".gitignore").unlink()
    (project / ".env.test.example").symlink_to("nowhere/at/all")
    code, _, err = ran(capsys, "init")
    assert code == 2
    assert ".env.test.example cannot be written" in err
    assert not (project / "credcheck.toml").exists()  # so it can be run again


@pytest.mark.parametrize("in_git", [True, False])
def test_a_comment_that_names_env_test_does_not_count_as_ignoring_it(
    project: Path, capsys: pytest.CaptureFixture[str], *, in_git: bool
) -> None:
    lay(project, {".gitignore": "# .env.test holds keys\n!.env.test\n"})
    if in_git:
        subprocess.run(["git", "init", "-q", str(project)], check=True)
    assert ran(capsys, "init")[0] == 0
    assert (project / ".gitignore").read_text().endswith("!.env.test\n.env.test\n")


def test_what_django_environ_and_environs_read_is_declared(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(
        project,
        {
            "shop/settings.py": (
                "import environ\n"
                "env = environ.Env(DEBUG=(bool, False))\n"
                "env.read_env('.env')\n"
                "MAIL = env('SENDGRID_API_KEY')\n"
                "DATABASES = {'default': env.db('DATABASE_URL')}\n"
                "LOCAL = env.str('LOCAL_TOKEN', default='a-default')\n"
            ),
            "shop/other.py": (
                "from environs import Env\nreader = Env()\nKEY = reader.str('STRIPE_SECRET_KEY')\n"
            ),
            "shop/third.py": "from shop.settings import env\nPAY = env('ADYEN_API_KEY')\n",
        },
    )
    assert ran(capsys, "init")[0] == 0
    assert sorted(manifest(project)["secrets"]) == [
        "ADYEN_API_KEY",
        "DATABASE_URL",
        "SENDGRID_API_KEY",
        "STRIPE_SECRET_KEY",
    ]


def test_a_pyproject_with_a_byte_order_mark_gets_its_table(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = b'\xef\xbb\xbf[project]\nname = "x"\n'
    (project / "pyproject.toml").write_bytes(before)
    lay(project, {"app.py": "import os\nKEY = os.getenv(key='STRIPE_TEST_KEY')\n"})
    assert ran(capsys, "init")[0] == 0
    assert (project / "pyproject.toml").read_bytes().startswith(before)
    code, out, err = ran(capsys, "check")
    assert (code, err) == (0, "")
    assert "STRIPE_TEST_KEY" in out


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("", 0), ("n", 1)])
def test_in_a_terminal_it_asks_before_it_writes(project: Path, answer: str, code: int) -> None:
    lay(project, FLAT)
    child = spawn(project, "credcheck", "init")
    child.expect_exact("write this? [Y/n] ")
    assert not (project / "credcheck.toml").exists()
    child.sendline(answer)
    assert finish(child)[0] == code
    assert (project / "credcheck.toml").exists() is (code == 0)


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_it_does_not_ask_who_has_agreed_already(project: Path) -> None:
    code, text = finish(spawn(project, "credcheck", "init", "--yes"))
    assert code == 0
    assert "write this?" not in text
