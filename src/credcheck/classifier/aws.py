"""The account inside an AWS access key id.

AWS documents the prefixes only; the layout is community research, confirmed by several independent
implementations: https://awsteele.com/blog/2020/09/26/aws-access-key-format.html and
https://labs.withsecure.com/publications/a-bitwise-analysis-of-aws-access-key-identifiers.html.
"""

from __future__ import annotations

_SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
CREDENTIAL_PREFIXES = ("AKIA", "ASIA", "ABIA", "ACCA")
EMULATOR_PREFIXES = ("LKIA", "LSIA")

# Accounts of canary tokens: using such a key raises an alarm at its owner. Source: the list of
# trufflehog, pkg/detectors/aws/access_keys/canary.go.
CANARIES = frozenset(
    (
        *("052310077262", "171436882533", "534261010715", "595918472158", "717712589309"),
        *("819147034852", "992382622183", "730335385048", "266735846894", "893192397702"),
    )
)


def account_of(key_id: str) -> str | None:
    """Give the twelve digits of the account, or None for an old form, another id or no id."""
    if len(key_id) != 20 or key_id[:4] not in CREDENTIAL_PREFIXES + EMULATOR_PREFIXES:
        return None
    if key_id[4:].strip(_SYMBOLS):
        return None
    number = 0
    for symbol in key_id[4:13]:
        number = number << 5 | _SYMBOLS.index(symbol)
    if not number >> 44:
        return None  # the generation bit: ids of the old form hold no account
    account = (number >> 4) & ((1 << 40) - 1)
    return f"{account:012d}" if account <= 999_999_999_999 else None


def role_account(arn: str) -> str | None:
    """Give the account of a role's ARN (`arn:aws:iam::ACCOUNT:role/NAME`), or None."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[5].startswith(("role/", "assumed-role/")):
        return None
    return parts[4]
