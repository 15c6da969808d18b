"""What pytest's own configuration says about which files and names are tests."""

# Paths are strings here: thousands of them are made, and pathlib takes many times as long.
# ruff: noqa: PTH110, PTH113, PTH118, PTH120, PTH123, PTH202

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LIMIT = 2_000_000  # bytes; no configuration is that long


class Settings(NamedTuple):
    """The options that decide what is collected, with pytest's defaults.

    ``home`` is the folder of the file that holds them, "" if there is none.
    """

    home: str = ""
    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")
    python_classes: tuple[str, ...] = ("Test",)
    python_functions: tuple[str, ...] = ("test",)
    testpaths: tuple[str, ...] = ()
    norecursedirs: tuple[str, ...] = (
        "*.egg",
        ".*",
        "_darcs",
        "build",
        "CVS",
        "dist",
        "node_modules",
        "venv",
        "{arch}",
    )
    pythonpath: tuple[str, ...] = ()
    usefixtures: tuple[str, ...] = ()


def read_settings(root: str) -> Settings:
    """Read the first pytest configuration at the root or, inside a repository, above it.

    A file that cannot be read or parsed counts as absent: pytest itself will complain of it.
    """
    for folder in _upwards(root):
        table = _table_in(folder)
        if table is not None:
            defaults = Settings()._asdict() | {"home": folder}
            given = {key: _words(table[key]) for key in defaults.keys() & table.keys() - {"home"}}
            return Settings(**defaults | {key: words for key, words in given.items() if words})
    return Settings()


def _upwards(folder: str) -> Iterator[str]:
    """The folder and those above it, up to the repository's; alone outside of one."""
    above = [folder]
    while not os.path.exists(os.path.join(above[-1], ".git")):
        parent = os.path.dirname(above[-1])
        if parent == above[-1]:
            return iter(above[:1])
        above.append(parent)
    return iter(above)


def _table_in(folder: str) -> Mapping[str, object] | None:
    """The pytest table of one folder, from the first file that has one, in pytest's order."""
    for name in ("pytest.toml", ".pytest.toml"):
        text = _read(folder, name)
        if text is not None:
            return _at(_toml(text), "pytest") or {}
    for name in ("pytest.ini", ".pytest.ini"):
        text = _read(folder, name)
        if text is not None:
            return _ini(text, "pytest") or {}
    text = _read(folder, "pyproject.toml")
    if text is not None and ("[tool.pytest" in text or "ini_options" in text):
        table = _at(_toml(_slice(text)), "tool", "pytest")
        if table:
            return _at(table, "ini_options") or table
    for name, section in (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        text = _read(folder, name)
        found = _ini(text, section) if text is not None else None
        if found is not None:
            return found
    return None


def _read(folder: str, name: str) -> str | None:
    path = os.path.join(folder, name)
    try:
        if not os.path.isfile(path) or os.path.getsize(path) > _LIMIT:
            return None
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except (OSError, ValueError):
        return None


def _slice(text: str) -> str:
    """The lines of the pytest tables alone: the rest of a `pyproject.toml` takes longer."""
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if line.startswith("[tool.pytest")), None)
    if start is None:
        return text
    end = start + 1
    while end < len(lines) and (lines[end][:1] != "[" or lines[end].startswith("[tool.pytest")):
        end += 1
    return "\n".join(lines[start:end])


def _toml(text: str) -> object:
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _at(table: object, *keys: str) -> Mapping[str, object] | None:
    for key in keys:
        if not isinstance(table, dict):
            return None
        table = table.get(key)
    return table if isinstance(table, dict) else None


def _ini(text: str, section: str) -> Mapping[str, object] | None:
    """One section of an ini file as pytest reads it; indented lines continue a value."""
    found: dict[str, object] | None = None
    inside, key = False, ""
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if line[0] == "[":
            inside, key = line.split("]")[0] == f"[{section}", ""
            found = found or {} if inside else found
        elif inside and line[0].isspace():
            if key and found is not None:
                found[key] = f"{found[key]}\n{stripped}"
        elif inside and found is not None:
            at = min((line.find(sign) for sign in "=:" if sign in line), default=-1)
            key = line[:at].strip() if at > 0 else ""
            if key:
                found[key] = line[at + 1 :].strip()
    return found


def _words(value: object) -> tuple[str, ...]:
    """The words of an option: a list as it stands, a text split as a shell would."""
    if isinstance(value, list):
        return tuple(word for word in value if isinstance(word, str))
    if not isinstance(value, str):
        return ()
    if '"' in value or "'" in value or "#" in value:
        import shlex

        try:
            return tuple(shlex.split(value))
        except ValueError:
            return ()
    return tuple(value.split())
