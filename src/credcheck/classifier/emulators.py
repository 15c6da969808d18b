"""Connection strings of local emulators, which hold a published key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.classifier.hosts import is_loopback_host
from credcheck.classifier.pairs import place_of, split_pairs
from credcheck.classifier.place import HOST_KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

_ACCOUNT_KEYS = frozenset(("accountname", "endpointsuffix"))


def is_emulators(text: str, published: Sequence[str]) -> bool:
    """Tell whether a connection string has a published key and leads to this machine alone.

    Args:
        text: the whole value.
        published: the emulators' keys and account names, which count at a local server only.
    """
    pairs = list(split_pairs(text))
    values = dict(pairs)
    if len(values) != len(pairs) or "" in values or values.get("accountkey") not in published:
        return False
    if "accountname" in values and values["accountname"] not in published:
        return False
    if any("://" in value and key not in HOST_KEYS for key, value in pairs):
        return False
    place = place_of((key, value) for key, value in pairs if key not in _ACCOUNT_KEYS)
    return place is not None and place.is_loopback and all(map(is_loopback_host, place.hosts))
