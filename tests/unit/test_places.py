from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credcheck.places import Place, account_of, parse_aws, parse_vault, spellings

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("secret/ci/stripe#api_key", Place("secret/ci/stripe", "api_key")),
        ("secret/ci/stripe", Place("secret/ci/stripe")),
        ("/secret/ci/stripe/#a", Place("secret/ci/stripe", "a")),
        ("secret/ci?version=3#a b", Place("secret/ci", "a b", "version", "3")),
        ("a/b#c#d", Place("a/b", "c#d")),
    ],
)
def test_a_place_in_vault(text: str, place: Place) -> None:
    assert parse_vault(text) == place


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("secret", 'expected "mount/path#field"'),
        ("secret//stripe", 'expected "mount/path#field"'),
        ("secret/ /stripe", 'expected "mount/path#field"'),
        ("secret/ci/../prod/stripe#k", "a path in Vault has no '.' or '..'"),
        ("secret/./stripe#k", "a path in Vault has no '.' or '..'"),
        ("secret/a#", 'there is no field behind "#"'),
        ("secret/a?version=x#k", "expected a number of a version (?version=3)"),
        ("secret/a?stage=x#k", "expected ?version=…"),
        ("secret/a?#k", "expected ?version=…"),
        ("secret/a#k?version=3", "the version stands before the field: path?version=3#field"),
    ],
)
def test_what_is_no_place_in_vault(text: str, message: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_vault(text)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("ci/stripe", Place("ci/stripe")),
        ("ci/stripe#key", Place("ci/stripe", "key")),
        ("/ci/stripe#key", Place("/ci/stripe", "key")),
        ("ci/stripe?stage=AWSPREVIOUS#key", Place("ci/stripe", "key", "stage", "AWSPREVIOUS")),
        (f"{ARN}?version=11-22#key", Place(ARN, "key", "version", "11-22")),
    ],
)
def test_a_place_in_aws(text: str, place: Place) -> None:
    assert parse_aws(text) == place


@pytest.mark.parametrize(
    "text", ["#key", " #key", "a#", "a?x=1", "arn:aws:s3:::bucket", "arn:aws:secretsmanager:x"]
)
def test_what_is_no_place_in_aws(text: str) -> None:
    with pytest.raises(ValueError):
        parse_aws(text)


@given(st.text(min_size=8))
def test_no_message_repeats_the_place(text: str) -> None:
    told = []
    for parse in (parse_vault, parse_aws):
        try:
            parse(text)
        except ValueError as error:
            told.append(str(error))
    assert not any(text in message for message in told)


def test_every_spelling_of_a_place_is_known_to_refuse() -> None:
    assert spellings("vault", "secret/data/prod/db?version=1#k") == (
        "secret/data/prod/db",
        "secret/prod/db",
    )
    assert spellings("aws", f"{ARN}#password") == (
        ARN, ARN[:-7], "prod/db-AbCdEf", "prod/db",
    )  # fmt: skip
    assert spellings("aws", ARN[:-7]) == (
        ARN[:-7], ARN[:-7], "prod/db", "prod/db",
    )  # fmt: skip
    assert spellings("keyring", "prod-db") == ("prod-db", "prod-db")


def test_the_account_stands_in_an_arn() -> None:
    assert account_of(ARN) == "123456789012"
    assert account_of("prod/db") is None
