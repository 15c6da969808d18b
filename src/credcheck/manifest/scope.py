"""What the readers share: the mistakes so far, and the names that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.errors import ManifestError, suggest
from credcheck.model import Manifest, Policies

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

At = tuple[str | int, ...]

HIDDEN = "[hidden]"
_MAX_SUGGESTIONS = 50  # a search for the nearest word takes long; a wrong file has many mistakes


class Scope:
    """Collects every mistake of one manifest; knows which names may stand in it."""

    def __init__(
        self,
        *,
        file: str,
        text: str,
        prefix: tuple[str, ...],
        known_services: Collection[str],
        known_sources: Collection[str],
        installed_sources: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self.file = file
        self.text = text
        self.prefix = prefix
        self.sources = known_sources
        self.foreign: tuple[str, ...] = ()  # the sources of third parties that the manifest names
        self._installed = installed_sources
        self.services: Collection[str] | None = known_services  # None: not known, do not check
        self.secrets: Collection[str] | None = ()
        self.suites: Collection[str] | None = ()
        self.aliases: dict[str, str] = {}  # alias -> secret
        defaults = Manifest._field_defaults
        self.policies: dict[str, Policies] = {
            "on-missing": defaults["on_missing"],
            "on-broken": defaults["on_broken"],
        }
        self._mistakes: list[tuple[At, str]] = []
        self._suggestions = 0

    def name_sources(self, names: object) -> None:
        """Note which of the listed sources are third parties'; their names are known then."""
        listed = [n for n in names if isinstance(n, str)] if isinstance(names, list) else []
        others = [name for name in listed if name not in self.sources]
        if others:
            installed = self._installed()
            self.foreign = tuple(dict.fromkeys(name for name in others if name in installed))
            self.sources = (*self.sources, *installed)

    def wrong(self, at: At, message: str) -> None:
        """Note a mistake at a key path."""
        self._mistakes.append((at, message))

    def expected(self, at: At, what: str, found: object) -> None:
        """Note a value of the wrong type; the value itself is never shown."""
        self.wrong(at, f"expected {what}, found {_kind(found)}")

    def unknown(
        self, at: At, what: str, known: Collection[str], word: str = "", else_say: str = ""
    ) -> None:
        """Note a name that is not known, with the nearest one that is, or all if they are few."""
        name = f" {quoted(word)}" if word else ""
        nearest = self.nearest(word or str(at[-1]), known) or else_say
        if not nearest and 0 < len(known) <= 15:
            nearest = "; known: " + ", ".join(shown(each) for each in known)
        self.wrong(at, f"unknown {what}{name}{nearest}")

    def word(self, at: At, value: object, known: Collection[str]) -> str | None:
        """Give ``value`` if it is one of a few words; else note the mistake."""
        if isinstance(value, str) and value in known:
            return value
        what = " or ".join(f'"{each}"' for each in known)
        if isinstance(value, str):
            plain = value.isascii() and value.replace("-", "").isalpha() and value.islower()
            found = quoted(value) if plain and len(value) <= 30 else "another text"
            nearest = self.nearest(value, known) if found != "another text" else ""
            self.wrong(at, f"expected {what}, found {found}{nearest}")
        else:
            self.expected(at, what, value)
        return None

    def finish(self) -> None:
        """Raise what was noted, in the order of the lines."""
        if not self._mistakes:
            return
        from credcheck.manifest.lines import find_lines

        lines = find_lines(self.text)
        placed = [(self._line(lines, at), at, text) for at, text in self._mistakes]
        placed.sort(key=lambda mistake: mistake[0])
        raise ManifestError(
            [
                f"{self.file}{f':{line}' if line else ''}: "
                f"{_path((*self.prefix, *at)) or 'the file'}: {text}"
                for line, at, text in placed
            ]
        )

    def _line(self, lines: Mapping[At, int], at: At) -> int:
        """Give the line of a key; of one that is missing, that of its table."""
        while at and (*self.prefix, *at) not in lines:
            at = at[:-1]
        return lines.get((*self.prefix, *at), 0)

    def nearest(self, word: str, known: Collection[str]) -> str:
        """Give a did-you-mean, or nothing: also where too many were given before."""
        self._suggestions += 1
        if len(word) > 64 or self._suggestions > _MAX_SUGGESTIONS:
            return ""
        return suggest(word, tuple(known))


def shown(word: str) -> str:
    """Give a name as messages show it: hidden if it could be a value in the wrong place."""
    if len(word) > 64 or not all(c.isalnum() or c in "_-. " for c in word):
        return HIDDEN
    digits = sum(c.isdigit() for c in word)
    if len(word) >= 32 and digits >= 4:
        return HIDDEN
    for part in word.replace("-", "_").replace(".", "_").split("_"):
        if len(part) >= 20 and not (part.isalpha() and (part.islower() or part.isupper())):
            return HIDDEN
        if len(part) >= 12 and not part.isalpha() and sum(c.isdigit() for c in part) >= 2:
            return HIDDEN
    return word


def quoted(word: str) -> str:
    """Give a name between quotes, or the mask without."""
    text = shown(word)
    return text if text == HIDDEN else f"'{text}'"


def _path(at: At) -> str:
    """Write a key path: ``suites.payments.any-of[0][1]``."""
    text = ""
    for part in at:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = shown(part)
            bare = name == HIDDEN or (name and name.replace("-", "").replace("_", "").isalnum())
            text += f".{name}" if bare else f'."{name}"'
    return text.removeprefix(".")


def _kind(value: object) -> str:
    """Name the type of a TOML value."""
    kinds = {
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a table",
    }
    return kinds.get(type(value), "a date or time")
