"""What the Stripe command is signed in with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.ambient.world import CannotRead, Leads, shown
from credcheck.classifier import Rules, classify
from credcheck.model import Refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credcheck.ambient.world import World

FILE = (".config", "stripe", "config.toml")


def look(world: World) -> Iterator[Leads]:
    """Tell whether a profile holds a live key; newer versions keep it in the keychain instead."""
    if "stripe" not in world.services and not world.refuse.values:
        return
    base = world.environ.get("XDG_CONFIG_HOME")
    path = world.expand(base) / "stripe" / "config.toml" if base else world.path("", *FILE)
    text = world.read(path)
    if text is None or path is None:
        return
    import tomllib

    what = world.show(path)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise CannotRead(what, "it is no TOML") from None
    rules = Rules(refuse=Refuse(values=world.refuse.values))
    for name, table in tables.items():
        for key, value in table.items() if isinstance(table, dict) else ():
            if not key.endswith("key") or not isinstance(value, str) or "*" in value:
                continue
            verdict = classify(value, "stripe", rules=rules)
            if verdict.mode == "live":
                yield Leads(
                    f"The Stripe command's profile {shown(name)!r} in {shown(what)}",
                    verdict.reason,
                    "stripe logout, then stripe login in a test account",
                    holds=True,
                )
                break
