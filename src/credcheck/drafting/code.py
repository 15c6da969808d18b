"""Reads of the environment and pydantic-settings classes, from the source; nothing is imported."""

# Paths are strings here, as in the discovery that this builds on.
# ruff: noqa: PTH110, PTH118

from __future__ import annotations

import _ast
import os
from typing import TYPE_CHECKING, NamedTuple

from credcheck.discovery.marks import argument
from credcheck.discovery.settings import Settings, read_settings
from credcheck.discovery.source import Bound, Outside, Project, Scope, TooInvolvedError, walk
from credcheck.drafting.clues import Clue
from credcheck.drafting.names import is_credential, is_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from credcheck.discovery.source import Module

_SKIPPED = {"node_modules", "site-packages", "__pycache__", "build", "dist", "venv", "env"}
_WORDS = (
    b"environ", b"getenv", b"BaseSettings", b"CredcheckSettings", b"decouple",
    b"env(", b"env.",  # a reader that another module made
)  # fmt: skip
_READS = {"os.getenv", "os.environ.get", "os.environ.pop", "os.environ.setdefault"}
_READS |= {"decouple.config"}
_READERS = {"environ.Env", "environ.FileAwareEnv", "environs.Env"}  # django-environ, environs
_SETTINGS = {
    "pydantic_settings.BaseSettings",
    "pydantic.BaseSettings",
    "credcheck.settings.CredcheckSettings",
}
_DEPTH = 5
_MOST_FILES = 20_000


class Read(NamedTuple):
    """One name that is read; one with a default of its own can be missing."""

    name: str
    line: int
    is_secret: bool = False  # its type says so
    has_default: bool = False


def read_code(root: Path, problems: list[str]) -> list[Clue]:
    """Give a clue for every credential that tests or code read from the environment.

    Args:
        root: the project.
        problems: gets a sentence for every file that could matter and cannot be read.
    """
    top = os.path.abspath(root)  # noqa: PTH100
    settings = read_settings(top)
    project = Project(top, settings.pythonpath, problems)
    clues = []
    for path in _python_files(top):
        data = project.read(path)
        if data is None or not any(word in data for word in _WORDS):
            continue
        module = project.load(path, data)
        if module is None:
            continue
        project.begin(data)
        shown = project.relative(path)
        test = shown if _is_test(shown, settings) else None
        try:
            found = [*_reads(project, module), *_fields(project, module)]
        except TooInvolvedError:
            continue
        clues += [
            Clue(name=r.name, where=f"{shown}:{r.line}", test=test, file=is_path(r.name))
            for r in found
            if r.name.isascii() and r.name.isidentifier() and _counts(r)
        ]
    return clues


def _counts(read: Read) -> bool:
    return read.is_secret or (is_credential(read.name) and not read.has_default)


def _python_files(top: str) -> Iterator[str]:
    count = 0
    for folder, folders, files in os.walk(top):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _SKIPPED
            and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        )
        for name in sorted(files):
            if name.endswith(".py"):
                count += 1
                if count > _MOST_FILES:
                    return
                yield os.path.join(folder, name)


def _is_test(shown: str, settings: Settings) -> bool:
    from credcheck.discovery.files import matches

    name = shown.rpartition("/")[2]
    return name == "conftest.py" or matches(name, shown, settings.python_files)


# ── os.environ ────────────────────────────────────────────────────────────────────────────────


def _reads(project: Project, module: Module) -> Iterator[Read]:
    scope = Scope(module)
    for node in walk(list(_roots(module))):
        if isinstance(node, _ast.Subscript) and isinstance(node.ctx, _ast.Load):
            if _is_environ(project, node.value, scope):
                yield from _named(project, node.slice, scope, node.lineno)
        elif isinstance(node, _ast.Call):
            yield from _call(project, node, scope)
        elif isinstance(node, _ast.Compare) and _is_environ(project, node.comparators[0], scope):
            yield from _named(project, node.left, scope, node.lineno)


def _is_environ(project: Project, node: _ast.expr, scope: Scope) -> bool:
    return project.dotted(node, scope) == "os.environ"


def _call(project: Project, node: _ast.Call, scope: Scope) -> Iterator[Read]:
    name = argument(node, 0, "key")
    if name is not None and _is_read(project, node.func, scope):
        default = argument(node, 1, "default")
        has = default is not None and bool(project.text(default, scope))
        yield from _named(project, name, scope, node.lineno, has_default=has)


def _is_read(project: Project, function: _ast.expr, scope: Scope) -> bool:
    """Tell whether a call reads a variable: `getenv(…)`; `env(…)`, `env.str(…)` of a reader."""
    if project.dotted(function, scope) in _READS:
        return True
    reader = function.value if isinstance(function, _ast.Attribute) else function
    made = project.resolve(reader, scope)
    return (
        isinstance(made, Bound)
        and isinstance(made.node, _ast.Call)
        and project.dotted(made.node.func, made.scope) in _READERS
    )


def _roots(module: Module) -> Iterator[_ast.AST]:
    """The statements of a file; `Module` keeps names, so it is parsed again."""
    tree = compile(module.data, module.path, "exec", 0x400, dont_inherit=True)  # PyCF_ONLY_AST
    if isinstance(tree, _ast.Module):
        yield from tree.body


def _named(
    project: Project, node: _ast.AST, scope: Scope, line: int, *, has_default: bool = False
) -> Iterator[Read]:
    name = project.text(node, scope)
    if name:
        yield Read(name, line, has_default=has_default)


# ── pydantic-settings ─────────────────────────────────────────────────────────────────────────


def _fields(project: Project, module: Module) -> Iterator[Read]:
    scope = Scope(module)
    for node in _roots(module):
        if isinstance(node, _ast.ClassDef) and _is_settings(project, node, scope):
            prefix, delimiter = _config(project, node, scope)
            yield from _class_fields(project, Bound(node, scope), prefix, delimiter)


def _is_settings(project: Project, node: _ast.ClassDef, scope: Scope, depth: int = 0) -> bool:
    for found in (project.resolve(base, scope) for base in node.bases):
        if isinstance(found, Outside):
            if found.dotted in _SETTINGS:
                return True
        elif (
            isinstance(found.node, _ast.ClassDef)
            and depth < _DEPTH
            and _is_settings(project, found.node, found.scope, depth + 1)
        ):
            return True
    return False


def _config(project: Project, node: _ast.ClassDef, scope: Scope) -> tuple[str, str]:
    """Give the prefix and the delimiter of nested names."""
    found = {"env_prefix": "", "env_nested_delimiter": ""}
    for statement in node.body:
        pairs: list[tuple[str | None, _ast.expr]] = []
        if isinstance(statement, _ast.Assign) and isinstance(statement.value, _ast.Call):
            if any(isinstance(t, _ast.Name) and t.id == "model_config" for t in statement.targets):
                pairs = [(word.arg, word.value) for word in statement.value.keywords]
        elif isinstance(statement, _ast.ClassDef) and statement.name == "Config":
            pairs = [
                (inner.targets[0].id, inner.value)
                for inner in statement.body
                if isinstance(inner, _ast.Assign) and isinstance(inner.targets[0], _ast.Name)
            ]
        for key, value in pairs:
            text = project.text(value, scope) if key in found else None
            if key is not None and text is not None:
                found[key] = text
    return found["env_prefix"], found["env_nested_delimiter"]


def _class_fields(
    project: Project, bound: Bound, prefix: str, delimiter: str, depth: int = 0
) -> Iterator[Read]:
    node, scope = bound
    for statement in getattr(node, "body", ()):
        if not isinstance(statement, _ast.AnnAssign) or not isinstance(statement.target, _ast.Name):
            continue
        field = statement.target.id
        nested = project.resolve(statement.annotation, scope)
        if isinstance(nested, Bound) and isinstance(nested.node, _ast.ClassDef):
            if delimiter and depth < _DEPTH:
                below = f"{prefix}{field}{delimiter}"
                yield from _class_fields(project, nested, below, delimiter, depth + 1)
            continue
        name = _alias(project, statement.value, scope) or f"{prefix}{field}"
        yield Read(
            name.upper(),
            statement.lineno,
            is_secret=_is_secret_type(statement.annotation),
            has_default=_has_default(project, statement.value, scope),
        )


def _alias(project: Project, value: _ast.expr | None, scope: Scope) -> str | None:
    """Give the name that `Field(alias=…)` gives to the variable."""
    if not isinstance(value, _ast.Call):
        return None
    for word in value.keywords:
        if word.arg in {"validation_alias", "alias", "env"}:
            given = word.value
            if isinstance(given, _ast.Call) and given.args:  # AliasChoices("A", "B")
                given = given.args[0]
            text = project.text(given, scope)
            if text:
                return text
    return None


def _has_default(project: Project, value: _ast.expr | None, scope: Scope) -> bool:
    if isinstance(value, _ast.Call):
        default = argument(value, 0, "default")
        return default is not None and bool(project.text(default, scope))
    return value is not None and bool(project.text(value, scope))


def _is_secret_type(annotation: _ast.expr) -> bool:
    names = {
        node.id if isinstance(node, _ast.Name) else node.attr
        for node in walk([annotation])
        if isinstance(node, _ast.Name | _ast.Attribute)
    }
    return bool(names & {"SecretStr", "SecretBytes"})
