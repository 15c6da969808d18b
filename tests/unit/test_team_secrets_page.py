"""The page about credentials of a team: its manifest is one, and what it names exists."""

from __future__ import annotations

import re
from pathlib import Path

from support.projects import broker_for, write_project

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "team-secrets.md").read_text(encoding="utf-8")
SOURCES = (ROOT / "docs" / "reference" / "sources.md").read_text(encoding="utf-8")
CODE = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "src").rglob("*.py"))


def test_its_manifest_is_read_and_refuses_nothing_of_its_own(tmp_path: Path) -> None:
    (manifest,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    write_project(tmp_path, manifest)
    broker = broker_for(tmp_path)
    places = {
        name: spec.vault or spec.aws or spec.keyring
        for name, spec in broker.manifest.secrets.items()
    }
    assert places == {
        "STRIPE_TEST_KEY": "secret/ci/stripe#api_key",
        "SHOP_DATABASE_URL": "ci/shop#database_url",
        "SENDGRID_TEST_KEY": "sendgrid-test",
    }


def test_every_variable_that_the_pages_name_is_read_by_the_code() -> None:
    pattern = r"\b(?:VAULT|BAO|AWS|ACTIONS)_[A-Z_]*[A-Z]\b"
    named = set(re.findall(pattern, PAGE + SOURCES))
    of_boto = {"AWS_ROLE_ARN", "AWS_ACCESS_KEY_ID"}  # boto3's own chain reads them
    assert len(named) > 15
    assert {name for name in named - of_boto if f'"{name}"' not in CODE} == set()
