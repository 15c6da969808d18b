"""The declarations of other tools, taken over: `credcheck init --from FILE`.

* `secretspec.toml`: https://secretspec.dev/reference/configuration
* `.env.schema`: https://varlock.dev (@env-spec)
* `fnox.toml`: https://fnox.jdx.dev/reference/configuration
* any dotenv file, such as `.env.example`

Only what is declared is taken: names, descriptions, places. Defaults and ciphertexts stay behind.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from credcheck.drafting.clues import Clue, address, prose
from credcheck.drafting.envfiles import read_env_file
from credcheck.drafting.names import is_credential, is_path
from credcheck.errors import CommandLineError, DotenvError
from credcheck.sources.dotenv import parse, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# secretspec's and fnox's words for stores that hold nothing secret
_PLAIN = {"plain", "env"}


def read_peer(path: Path, root: Path) -> list[Clue]:
    """Give a clue for every credential that the file declares.

    Args:
        path: the file; its name says whose it is.
        root: the project, for the places that clues name.

    Raises:
        CommandLineError: there is no such file, or it cannot be read.
    """
    label = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    if not path.is_file():
        raise CommandLineError(f"there is no file {label}", "ls -a")
    if path.name == ".env.schema" or path.name.endswith(".schema"):
        return list(_env_schema(path, label))
    if path.suffix == ".toml":
        table = _toml(path, label)
        if "profiles" in table and "project" in table:
            return list(_secretspec(table, label))
        if "secrets" in table or "profiles" in table:
            return list(_fnox(table, label))
        raise CommandLineError(
            f"{label} is neither a secretspec.toml nor a fnox.toml",
            "credcheck init --from takes secretspec.toml, fnox.toml, .env.schema or .env.example",
        )
    problems: list[str] = []
    clues = read_env_file(path, root if path.is_relative_to(root) else path.parent, problems)
    if problems:
        raise CommandLineError(problems[0], f"correct {label}")
    return clues


def _toml(path: Path, label: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):  # what the parser says could hold a part of the file
        raise CommandLineError(f"{label} is not valid TOML", f"correct {label}") from None


def _entries(table: object) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, entry in table.items() if isinstance(table, dict) else ():
        if isinstance(entry, dict) and name.isascii() and name.isidentifier():
            yield name, entry


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _secretspec(table: dict[str, Any], label: str) -> Iterator[Clue]:
    """Everything there is a secret, unless its name says otherwise and it has a default."""
    profiles = table.get("profiles", {})
    seen: dict[str, Clue] = {}
    for _, profile in _entries(profiles):
        for name, entry in _entries(profile):
            described = prose(_text(entry, "description"))
            if name in seen:
                if described and not seen[name].description:
                    seen[name] = seen[name]._replace(description=described)
            elif is_credential(name) or "default" not in entry:
                seen[name] = Clue(name, label, description=described, file=is_path(name))
    yield from seen.values()


def _fnox(table: dict[str, Any], label: str) -> Iterator[Clue]:
    providers = dict(_entries(table.get("providers")))
    default = _text(table, "default_provider")
    for name, entry in _entries(table.get("secrets")):
        provider = providers.get(_text(entry, "provider") or default, {})
        kind = _text(provider, "type")
        if not is_credential(name) and (kind in _PLAIN or not kind):
            continue
        place = _text(entry, "value")
        yield Clue(
            name,
            label,
            description=prose(_text(entry, "description")),
            aws=_text(provider, "prefix") + place if kind == "aws-sm" and place else None,
            vault=_vault(provider, place) if kind == "vault" and place else None,
            file=is_path(name) or entry.get("as_file") is True,
        )


def _vault(provider: dict[str, Any], place: str) -> str | None:
    """`path` of the provider, then `item/field`; the field is `value` if none is named."""
    item, _, field = place.rpartition("/")
    base = (_text(provider, "path") or "secret").strip("/")
    path = f"{base}/{item or field}#{field if item else 'value'}"
    return path if "/" in path.partition("#")[0] else None


def _env_schema(path: Path, label: str) -> Iterator[Clue]:
    """Comments with `@sensitive` and the like above each name; a header sets what is usual."""
    try:
        lines = parse(read_text(path, label, path.parent), label)
    except DotenvError as error:
        raise CommandLineError(error.message, f"correct {label}") from None
    usual = not any("@defaultSensitive=false" in line.comment for line in lines)
    comments: list[str] = []
    last = 0
    for line in lines:
        together = line.number == last + 1
        if line.name is None:
            comments = [*(comments if together else ()), line.comment]
        else:
            text = " ".join(comments) if together else ""
            if _is_sensitive(line.name, text, usual=usual):
                yield _schema_clue(line.name, f"{label}:{line.number}", comments, text)
            comments = []
        last = line.number + line.text.count("\n")


def _is_sensitive(name: str, text: str, *, usual: bool) -> bool:
    if "@sensitive=false" in text or "@public" in text:
        return False
    return "@sensitive" in text or usual or is_credential(name)


def _schema_clue(name: str, where: str, comments: list[str], text: str) -> Clue:
    told = " ".join(c.strip() for c in comments if c.strip()[:1] not in {"@", "-"})
    return Clue(name, where, description=prose(told), obtain=address(text), file=is_path(name))
