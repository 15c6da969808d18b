"""What the manifest refuses is refused in every spelling, before any request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credcheck.errors import ManifestError
from support.projects import broker_for, write_project

if TYPE_CHECKING:
    from pathlib import Path

ARN = "arn:aws:secretsmanager:eu-west-1:999999999999:secret:prod/db-AbCdEf"
REFUSED = """
[refuse]
vault = ["secret/prod/*", "team/kv/live"]
aws = ["prod/*"]
keyring = ["prod-*", "LIVE_*"]
"""


def states(tmp_path: Path, place: str, more: str = REFUSED) -> tuple[str, int]:
    write_project(tmp_path, f"[secrets.A]\n{place}\n{more}")
    report = broker_for(tmp_path).report()
    return report.secrets[0].state, report.exit_code


@pytest.mark.parametrize(
    "place",
    [
        'vault = "secret/prod/db#password"',
        'vault = "secret/prod/a/deep/one#password"',
        'vault = "/secret/prod/db"',
        'vault = "secret/data/prod/db#password"',
        'vault = "secret/prod/db?version=2#password"',
        'vault = "team/kv/live#a"',
        'aws = "prod/db#password"',
        'aws = "prod/db?stage=AWSPREVIOUS"',
        f'aws = "{ARN}#password"',
        f'aws = "{ARN[:-7]}"',
        'keyring = "prod-stripe"',
    ],
)
def test_a_refused_place_is_never_read(tmp_path: Path, place: str) -> None:
    assert states(tmp_path, place) == ("live", 3)


@pytest.mark.parametrize(
    "place", ['vault = "secret/ci/prod#k"', 'aws = "ci/prod"', 'keyring = "ci-prod-"']
)
def test_other_places_are_not_refused(tmp_path: Path, place: str) -> None:
    state, code = states(
        tmp_path, place, f"[keyring]\n{REFUSED}" if "keyring" in place else REFUSED
    )
    assert (state == "live", code) == (False, 0)


def test_with_a_keyring_table_the_secrets_own_name_is_its_place(tmp_path: Path) -> None:
    write_project(tmp_path, f"[secrets.LIVE_KEY]\n[keyring]\n{REFUSED}")
    assert broker_for(tmp_path).report().exit_code == 3


def test_an_arn_of_a_refused_account_is_refused(tmp_path: Path) -> None:
    place = f'aws = "{ARN.replace("prod/", "ci/")}"'
    assert states(tmp_path, place, '[refuse]\naws-accounts = ["999999999999"]\n') == ("live", 3)
    assert states(tmp_path, place, '[refuse]\naws-accounts = ["111111111111"]\n')[1] == 0


def test_a_source_that_is_not_listed_refuses_nothing(tmp_path: Path) -> None:
    write_project(
        tmp_path, f'sources = ["env"]\n[secrets.A]\nvault = "secret/prod/db#a"\n{REFUSED}'
    )
    assert broker_for(tmp_path).report().exit_code == 0


@pytest.mark.parametrize("path", ["secret/ci/../prod/db", "secret/./prod/db", "secret//prod/db"])
def test_a_path_that_would_be_resolved_on_its_way_is_a_mistake(tmp_path: Path, path: str) -> None:
    write_project(tmp_path, f'[secrets.A]\nvault = "{path}#k"\n{REFUSED}')
    with pytest.raises(ManifestError, match=r"credcheck\.toml:2: secrets\.A\.vault: "):
        broker_for(tmp_path)


@pytest.mark.parametrize(
    ("place", "pattern"),
    [
        ('vault = "secret/prod/db#k"', 'vault = ["secret/data/prod/*"]'),
        ('vault = "team/kv/prod/db#k"', 'vault = ["team/kv/data/prod/*"]'),
        ('vault = "team/kv/data/prod/db#k"', 'vault = ["team/kv/prod/*"]'),
        ('vault = "secret/prod/db#k"', 'vault = ["secret/prod/db#k"]'),
        ('vault = "secret/prod/db#k"', 'vault = ["secret/prod/"]'),
        ('vault = " secret/prod/db#k"', 'vault = ["secret/prod/*"]'),
        ('aws = "prod/db#k"', 'aws = ["prod/db#k"]'),
        ('aws = " prod/db"', 'aws = ["prod/*"]'),
        ('aws = "/prod/db"', 'aws = ["/prod/"]'),
        (f'aws = "{ARN[:-7]}"', f'aws = ["{ARN}"]'),
        (f'aws = "{ARN}"', f'aws = ["{ARN[:-7]}"]'),
        ('keyring = "ci#-prod"', 'keyring = ["*-prod"]'),
    ],
)
def test_a_place_is_refused_in_whatever_way_the_pattern_is_written(
    tmp_path: Path, place: str, pattern: str
) -> None:
    assert states(tmp_path, place, f"[refuse]\n{pattern}\n") == ("live", 3)


def test_a_role_of_a_refused_account_is_never_assumed(tmp_path: Path) -> None:
    refuse = '[refuse]\naws-accounts = ["999999999999"]\n'
    role = '[aws]\nregion = "eu-west-1"\nrole-arn = "arn:aws:iam::{}:role/ci"\n'
    assert states(tmp_path, 'aws = "ci/db"', refuse + role.format("9" * 12)) == ("live", 3)
