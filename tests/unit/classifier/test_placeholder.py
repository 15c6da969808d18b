from __future__ import annotations

import pytest

from credcheck.classifier import classify, is_placeholder
from credcheck.classifier.placeholder import is_dummy_tail, is_file_name, is_run
from support.keys import tail

HEAD = "sk_" + "test_"


@pytest.mark.parametrize(
    "made_up",
    [
        "x" * 24,
        "x" * 24 + "1234",
        "0123456789abcdef" * 2,
        "abcdefghijklmnopqrstuvwx",
        "ReplaceThisWithYourSecretKey",
        "ThisIsJustAnExampleKey123456",
        "zyxwvutsrq" + "aK3fJ9dL2mQ8rT",
        "abc1" * 8,
    ],
)
def test_a_marker_before_a_made_up_tail_is_a_placeholder(made_up: str) -> None:
    verdict = classify(HEAD + made_up, "stripe")
    assert (verdict.mode, verdict.placeholder) == ("unknown", True)


@pytest.mark.parametrize("rest", ["xxx", "your_key", "...", "****1234", "<key>", "abc", "1234"])
def test_a_marker_before_a_dummy_is_a_placeholder(rest: str) -> None:
    assert classify(HEAD + rest, "stripe").placeholder


def test_a_marker_before_a_short_rest_is_malformed() -> None:
    verdict = classify(HEAD + tail(9), "stripe")
    assert (verdict.placeholder, verdict.malformed) == (False, True)


def test_random_tails_are_no_dummies() -> None:
    assert not any(is_dummy_tail(tail(99, seed=seed)) for seed in range(200))


@pytest.mark.parametrize(
    "value",
    [
        "ChangeMe", "CHANGE_ME", "n/a", "-", "пароль", "密码", "${KEY}", "$KEY", "$(pass x)",
        "`pass x`", "{{ key }}", "<%= key %>", "#{key}", "__KEY__", "@@KEY@@", "@KEY@", "((key))",
        "<your key>", "[KEY]", "{key}", "%KEY%", "op://a/b", "vault:a#b", "ref+vault://a",
        "arn:aws:secretsmanager:eu:1:secret:a", "projects/p/secrets/s", "ENC[AES256,data:x]",
        "$ANSIBLE_VAULT;1.1", "{cipher}ab", "-----BEGIN PGP MESSAGE-----", "***", "sk…ab",
        "abc...def", "[REDACTED]", "_____", "xxxx", "insert key here", "Enter-your-key",
        "put your key here", "YOUR_STRIPE_KEY", "Bearer YOUR_TOKEN", "'changeme'",
        "postgres://u:${PW}@h/x", "postgres://u:{{pw}}@h/x",
        "@Microsoft.KeyVault(SecretUri=https://a)",
    ],
)  # fmt: skip
def test_what_stands_for_no_value(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value",
    [
        "", "  ", "aK3fJ9dL2mQ8rT", "a<b>c", "<a>b", "<a><b>", "[1,2],[3]", '{"a": 1}', "${",
        "$a-b", "%41%42", "pa$$word", "youth", "access_token$sandbox$x", "x" * 5000, "a.b.c",
    ],
)  # fmt: skip
def test_what_is_a_value(value: str) -> None:
    assert not is_placeholder(value)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("/run/secrets/key", True),
        ("./key", True),
        ("~/key", True),
        ("C:\\keys\\a", True),
        ("service-account.json", True),
        ("/a/b:c", False),
        ("https://a/b.json", False),
        ("a b.pem", False),
        ("/" + "a" * 5000, False),
        ("key", False),
    ],
)
def test_a_files_name_is_told_from_a_value(value: str, name: bool) -> None:
    assert is_file_name(value) is name


def test_a_run_is_one_character_or_one_sequence() -> None:
    assert all(map(is_run, ["000", "abcd", "4321", "abab", "deadbeef" * 3]))
    assert not any(map(is_run, ["ab", "abd", "13579", "deadbeefcafe"]))
