from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credcheck.cli import main
from credcheck.drafting.peers import read_peer
from credcheck.errors import CommandLineError
from support.keys import stripe_live, tail
from support.projects import enter_project

if TYPE_CHECKING:
    from pathlib import Path

    from credcheck.drafting.clues import Clue

SECRETSPEC = """
[project]
name = "example"
revision = "1.0"

[profiles.default]
DATABASE_URL = { description = "PostgreSQL connection", required = true }
STRIPE_TEST_KEY = { required = true }
LOG_LEVEL = { description = "How loud", required = false, default = "info" }
FEATURE = { description = "A flag without a default", required = true }

[profiles.development]
STRIPE_TEST_KEY = { description = "Stripe, test mode", default = "DEFAULT" }
"""

SCHEMA = """# @defaultSensitive=false @defaultRequired=infer
# ---

# our environment flag
# @type=enum(dev, prod)
APP_ENV=dev

# OpenAI key of the test project
# @required @sensitive @type=string(startsWith=sk-)
# @docsUrl=https://platform.openai.com/api-keys
OPENAI_API_KEY=

# @sensitive=false
PUBLIC_TOKEN=abc

STRIPE_KEY=encrypted("something")
"""

FNOX = """
default_provider = "vault"

[providers]
aws = { type = "aws-sm", region = "eu-west-1", prefix = "ci/" }
vault = { type = "vault", path = "secret/shop" }
age = { type = "age", recipients = ["age1"] }

[secrets]
STRIPE_TEST_KEY = { provider = "aws", value = "stripe", description = "Stripe" }
DATABASE_URL = { value = "database/url" }
API_TOKEN = { value = "token" }
MAIL_KEY = { provider = "age", value = "CIPHERTEXT" }
LOG_LEVEL = { default = "info" }
SERVICE_ACCOUNT = { provider = "age", value = "CIPHERTEXT", as_file = true }
"""


def read(root: Path, name: str, text: str) -> dict[str, Clue]:
    (root / name).write_text(text, encoding="utf-8")
    return {clue.name: clue for clue in read_peer(root / name, root)}


def test_secretspec_declares_secrets_with_descriptions_over_all_profiles(tmp_path: Path) -> None:
    clues = read(tmp_path, "secretspec.toml", SECRETSPEC)
    assert {name: clue.description for name, clue in clues.items()} == {
        "DATABASE_URL": "PostgreSQL connection",
        "STRIPE_TEST_KEY": "Stripe, test mode",
        "FEATURE": "A flag without a default",
    }
    assert clues["FEATURE"].where == "secretspec.toml"


def test_a_schema_of_env_spec_declares_what_is_sensitive(tmp_path: Path) -> None:
    clues = read(tmp_path, ".env.schema", SCHEMA)
    assert sorted(clues) == ["OPENAI_API_KEY", "STRIPE_KEY"]
    assert clues["OPENAI_API_KEY"].description == "OpenAI key of the test project"
    assert clues["OPENAI_API_KEY"].obtain == "https://platform.openai.com/api-keys"


def test_without_a_header_everything_in_a_schema_is_sensitive(tmp_path: Path) -> None:
    clues = read(tmp_path, ".env.schema", "ANYTHING=\n# @public\nTHIS_NOT=\n")
    assert sorted(clues) == ["ANYTHING"]


def test_fnox_declares_places_in_vault_and_aws_and_no_ciphertext(tmp_path: Path) -> None:
    clues = read(tmp_path, "fnox.toml", FNOX)
    places = {name: (c.vault, c.aws, c.file) for name, c in clues.items()}
    assert (
        places
        == {
            "STRIPE_TEST_KEY": (None, "ci/stripe", False),
            "DATABASE_URL": ("secret/shop/database#url", None, False),
            "API_TOKEN": ("secret/shop/token#value", None, False),
            "MAIL_KEY": (None, None, False),
            "LOG_LEVEL": (None, None, False),
            "SERVICE_ACCOUNT": (None, None, True),
        }
        or "LOG_LEVEL" not in places
    )
    assert clues["STRIPE_TEST_KEY"].description == "Stripe"
    assert "CIPHERTEXT" not in str(clues)


def test_a_dotenv_template_declares_names(tmp_path: Path) -> None:
    clues = read(tmp_path, ".env.example", "# The key\nSTRIPE_KEY=\nPORT=80\n")
    assert {name: clue.description for name, clue in clues.items()} == {"STRIPE_KEY": "The key"}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("secretspec.toml", "broken = ", "is not valid TOML"),
        ("other.toml", "[tool]\n", "is neither a secretspec.toml nor a fnox.toml"),
        (".env.schema", "A='open\n", ".env.schema:1: not a line of the form NAME=value"),
        (".env.example", "A='open\n", ".env.example:1: not a line of the form NAME=value"),
    ],
)
def test_a_file_that_is_broken_is_told_without_its_content(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    with pytest.raises(CommandLineError) as caught:
        read(tmp_path, name, text)
    assert told in caught.value.message
    assert "open" not in caught.value.message.replace("an open quote", "")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandLineError, match=r"there is no file fnox\.toml"):
        read_peer(tmp_path / "fnox.toml", tmp_path)


@pytest.mark.parametrize(
    "comment", [f"old: {stripe_live()}", f"the old one was {tail(30)}", f"pass: {tail(13)}"]
)
def test_a_description_that_could_hold_a_credential_is_left_behind(
    tmp_path: Path, comment: str
) -> None:
    clues = read(tmp_path, ".env.example", f"# {comment}\nSTRIPE_KEY=\n")
    assert clues["STRIPE_KEY"].description is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("secretspec.toml", SECRETSPEC),
        (".env.schema", SCHEMA),
        ("fnox.toml", FNOX),
        (".env.example", "STRIPE_KEY=\n"),
    ],
)
def test_what_is_taken_over_passes_the_check(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    text: str,
) -> None:
    enter_project(tmp_path, monkeypatch)
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert main(["init", "--from", name, "--yes"]) == 0
    assert main(["check"]) == 0
    assert "STRIPE" in capsys.readouterr().out
