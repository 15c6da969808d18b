"""PEM blocks say what they are and nothing of where they are used."""

from __future__ import annotations

import pytest

from credcheck.classifier import classify
from support.keys import tail


def block(label: str, *, end: bool = True) -> str:
    last = f"-----END {label}-----\n" if end else ""
    return f"-----BEGIN {label}-----\n{tail(64)}\n{tail(40)}\n{last}"


@pytest.mark.parametrize(
    ("label", "what"),
    [
        ("PRIVATE KEY", "a private key"),
        ("RSA PRIVATE KEY", "an RSA private key"),
        ("EC PRIVATE KEY", "an elliptic-curve private key"),
        ("OPENSSH PRIVATE KEY", "an OpenSSH private key"),
        ("ENCRYPTED PRIVATE KEY", "an encrypted private key"),
        ("CERTIFICATE", "a certificate"),
        ("TEST KEY", "a PEM block"),
        ("X" * 99, "a PEM block"),
    ],
)
@pytest.mark.parametrize("service", ["pem_key", "github", None])
def test_nothing_in_a_pem_block_proves_test(label: str, what: str, service: str | None) -> None:
    verdict = classify(block(label), service)
    assert (verdict.mode, verdict.malformed, verdict.warnings) == ("unknown", False, ())
    assert verdict.reason == f"it is {what}, which carries no mode"


def test_a_pem_block_where_test_keys_are_marked_is_malformed() -> None:
    assert classify(block("PRIVATE KEY"), "stripe").malformed


def test_a_pem_block_without_its_end_is_told() -> None:
    assert classify(block("PRIVATE KEY", end=False), "pem_key").warnings == (
        "it is cut off: its last line is missing",
    )
    whole = block("CERTIFICATE") + block("PRIVATE KEY", end=False)
    assert classify(whole, "pem_key").warnings


def test_a_live_key_beside_a_pem_block_is_live() -> None:
    assert classify(block("PRIVATE KEY") + "sk_" + "live_" + tail(24), "pem_key").mode == "live"
