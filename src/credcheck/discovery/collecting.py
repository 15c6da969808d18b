"""The tests of one module, as pytest would collect them, each with its need."""

from __future__ import annotations

import _ast
from typing import TYPE_CHECKING, NamedTuple

from credcheck.discovery.fixtures import Provider
from credcheck.discovery.marks import (
    Counts,
    Mark,
    Want,
    marks_in,
    parametrized,
    product,
    want_of,
)
from credcheck.discovery.source import Bound, Outside, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from credcheck.discovery.fixtures import Chain, Fixtures
    from credcheck.discovery.settings import Settings
    from credcheck.discovery.source import Module, Project

_FUNCTION = (_ast.FunctionDef, _ast.AsyncFunctionDef)
_NESTED = 20  # classes in classes, and bases of bases
# Bases and decorators that give a class a constructor; pytest does not collect such classes.
_CONSTRUCTED = frozenset(
    {
        "typing.NamedTuple",
        "enum.Enum",
        "enum.StrEnum",
        "enum.IntEnum",
        "enum.Flag",
        "pydantic.BaseModel",
        "Exception",
        "ValueError",
        "RuntimeError",
        "dict",
        "list",
        "str",
        "dataclasses.dataclass",
        "attr.s",
        "attrs.define",
        "attrs.frozen",
    }
)


class Tests(NamedTuple):
    """The tests of one function: where it stands, its node id's parts, and how many need what."""

    line: int
    node: tuple[str, ...]
    counts: Counts


class Above(NamedTuple):
    """What a test inherits from the classes and the module around it."""

    node: tuple[str, ...]
    marks: tuple[Mark, ...]
    chain: Chain


class Kind(NamedTuple):
    """A class as Python would build it: its members by name, nearest base first."""

    bases: tuple[Bound, ...]
    members: dict[str, Bound]
    outside: frozenset[str]  # dotted names of bases that are not in the project

    @property
    def unittest(self) -> bool:
        """Tell whether unittest's rules hold: any `…TestCase`, also Django's."""
        return any(name.endswith("TestCase") for name in self.outside)


class Collector:
    """Collects modules; one for a whole run, so that what is shared is read once."""

    def __init__(self, project: Project, fixtures: Fixtures, settings: Settings) -> None:
        self._project = project
        self._fixtures = fixtures
        self._settings = settings

    def module(self, module: Module, conftests: Sequence[Module]) -> list[Tests]:
        """Collect one module.

        Args:
            module: the tests.
            conftests: those above it, nearest first.
        """
        scope = Scope(module)
        if self._says_no(module.names.get("__test__"), scope):
            return []
        # By name, because `import *` brings it too.
        marks = marks_in(self._project, _ast.Name(id="pytestmark", ctx=_ast.Load()), scope)
        chain = self._fixtures.providers(module)
        for conftest in conftests:
            chain += self._fixtures.providers(conftest)
        above = Above((), tuple(marks), chain)
        found: list[Tests] = []
        for name, bound in self._candidates(module):
            found += self._collect(name, bound, above, _line(module.names.get(name), bound))
        return found

    def _candidates(self, module: Module) -> Iterable[tuple[str, Bound]]:
        """The names of a module that may be tests, also those that it imports."""
        scope = Scope(module)
        for name, node in module.names.items():
            if isinstance(node, (_ast.ClassDef, *_FUNCTION)):
                yield name, Bound(node, scope)
            elif self._is_function(name) or self._is_class(name):
                found = self._project.member(module, name)
                if isinstance(found, Bound):
                    yield name, found
        for star in module.stars:
            other = self._project.find_module(star.dotted, module)
            for name in other.names if other and other is not module else ():
                wanted = self._is_function(name) or self._is_class(name)
                found = self._project.member(module, name) if wanted else None
                if name not in module.names and isinstance(found, Bound):
                    yield name, found

    def _collect(self, name: str, bound: Bound, above: Above, line: int) -> list[Tests]:
        node = bound.node
        if isinstance(node, _ast.ClassDef):
            return self._class(name, bound, above, line)
        if isinstance(node, _FUNCTION) and self._is_function(name) and self._plain(bound):
            return [self._function(name, bound, above, line)]
        if isinstance(node, _ast.Lambda) and self._is_function(name):
            return [Tests(line, (*above.node, name), product(self._want(above.marks), ()))]
        return []

    # ── functions ─────────────────────────────────────────────────────────────────────────

    def _function(
        self, name: str, bound: Bound, above: Above, line: int, *, unittest: bool = False
    ) -> Tests:
        project, node = self._project, bound.node
        decorators = node.decorator_list if isinstance(node, _FUNCTION) else []
        own = [mark for one in decorators for mark in marks_in(project, one, bound.scope)]
        marks = (*own, *above.marks)
        axes, given = ([], {}) if unittest else parametrized(project, marks)
        used = [*self._settings.usefixtures]
        for mark in marks:
            if mark.kind == "usefixtures":
                used += [project.text(one, mark.scope) or "" for one in mark.call.args]
        want, more = self._fixtures.closure(above.chain, None if unittest else bound, used, given)
        if unittest:
            want = want.plus(self._fixtures.body(bound, above.chain, None).want)
        counts = product(self._want(marks).plus(want), (*axes, *more))
        return Tests(line, (*above.node, name), counts)

    def _want(self, marks: Iterable[Mark]) -> Want:
        return want_of(self._project, marks)

    def _plain(self, bound: Bound) -> bool:
        """Tell whether a function is still one after its decorators, and no fixture."""
        node, scope = bound
        if not isinstance(node, _FUNCTION):
            return False
        for decorator in node.decorator_list:
            target = decorator.func if isinstance(decorator, _ast.Call) else decorator
            dotted = self._project.dotted(target, scope)
            if dotted == "property" or dotted.endswith((".fixture", ".cached_property")):
                return False
        return True

    def _is_function(self, name: str) -> bool:
        return _fits(name, self._settings.python_functions)

    # ── classes ───────────────────────────────────────────────────────────────────────────

    def _class(self, name: str, bound: Bound, above: Above, line: int) -> list[Tests]:
        kind = self._kind(bound)
        if len(above.node) > _NESTED or not self._is_collected(name, kind):
            return []
        provider = Provider(self._project, kind.members)
        marks = [mark for base in kind.bases for mark in self._class_marks(base)]
        inner = Above((*above.node, name), (*marks, *above.marks), (provider, *above.chain))
        found: list[Tests] = []
        node = bound.node
        own = bound.scope.module.names_of(node) if isinstance(node, _ast.ClassDef) else {}
        for member, inside in kind.members.items():
            # What is inherited has no line in this class; the class's own stands for it.
            at = getattr(inside.node, "lineno", line) if member in own else line
            if not kind.unittest:
                found += self._collect(member, inside, inner, at)
            elif member.startswith("test") and isinstance(inside.node, _FUNCTION):
                found.append(self._function(member, inside, inner, at, unittest=True))
        return found

    def _class_marks(self, base: Bound) -> list[Mark]:
        node, scope = base
        if not isinstance(node, _ast.ClassDef):
            return []
        marks = [m for one in node.decorator_list for m in marks_in(self._project, one, scope)]
        names = scope.module.names_of(node)
        own = names.get("pytestmark")
        if own is not None:
            name = _ast.Name(id="pytestmark", ctx=_ast.Load())
            marks += marks_in(self._project, name, Scope(scope.module, names))
        return marks

    def _is_collected(self, name: str, kind: Kind) -> bool:
        """Tell whether pytest looks for tests in a class of this name."""
        forced = kind.members.get("__test__")
        if forced is not None and self._says_no(forced.node, forced.scope):
            return False
        if kind.unittest:
            return True
        if not self._is_class(name) and forced is None:
            return False
        if "__init__" in kind.members or "__new__" in kind.members:
            return False
        made = [
            one.func if isinstance(one, _ast.Call) else one
            for base in kind.bases
            for one in getattr(base.node, "decorator_list", ())
        ]
        decorators = {self._project.dotted(one, kind.bases[0].scope) for one in made}
        if _CONSTRUCTED & (kind.outside | decorators):
            return False
        return not ("abc.ABC" in kind.outside and any(map(self._abstract, kind.members.values())))

    def _abstract(self, member: Bound) -> bool:
        node, scope = member
        return any(
            self._project.dotted(one, scope) == "abc.abstractmethod"
            for one in getattr(node, "decorator_list", ())
        )

    def _is_class(self, name: str) -> bool:
        return _fits(name, self._settings.python_classes)

    def _says_no(self, node: _ast.AST | Outside | None, scope: Scope) -> bool:
        """`__test__ = False`."""
        return isinstance(node, _ast.AST) and self._project.truth(node, scope) is False

    def _kind(self, bound: Bound) -> Kind:
        """Follow a class's bases, as far as they stand in the project."""
        bases: dict[_ast.AST, Bound] = {}
        outside: set[str] = set()
        waiting = [bound]
        while waiting and len(bases) < _NESTED * _NESTED:
            one = waiting.pop(0)
            # A base that is reached twice comes after all that derive from it.
            bases.pop(one.node, None)
            bases[one.node] = one
            if not isinstance(one.node, _ast.ClassDef):
                continue
            for base in one.node.bases:
                found = self._project.resolve(base, one.scope)
                if isinstance(found, Outside):
                    outside.add(found.dotted)
                elif isinstance(found.node, _ast.ClassDef) and found.node not in bases:
                    waiting.append(found)
        members: dict[str, Bound] = {}
        for node, (_, scope) in bases.items():
            names = scope.module.names_of(node) if isinstance(node, _ast.ClassDef) else {}
            for name, member in names.items():
                if name not in members and isinstance(member, _ast.AST):
                    members[name] = self._member(member, Scope(scope.module, names))
        return Kind(tuple(bases.values()), members, frozenset(outside))

    def _member(self, node: _ast.AST, scope: Scope) -> Bound:
        if isinstance(node, _ast.Name):
            found = self._project.resolve(node, scope)
            return found if isinstance(found, Bound) else Bound(node, scope)
        return Bound(node, scope)


def _line(written: _ast.AST | Outside | None, bound: Bound) -> int:
    """The line in the module itself; what it only imports is told of at its top."""
    if written is bound.node:
        return int(getattr(bound.node, "lineno", 1))
    return int(getattr(written, "lineno", 1))


def _fits(name: str, options: Sequence[str]) -> bool:
    """Tell whether a name begins with one of pytest's prefixes or matches one of its globs."""
    for option in options:
        if name.startswith(option):
            return True
        if any(char in option for char in "*?["):
            from fnmatch import fnmatch

            if fnmatch(name, option):
                return True
    return False
