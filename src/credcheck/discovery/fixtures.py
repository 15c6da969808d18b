"""Fixtures: which of them a test takes, and what their bodies and a test's body ask for."""

from __future__ import annotations

import _ast
from typing import TYPE_CHECKING, NamedTuple

from credcheck.discovery.marks import NOTHING, Want, argument, axis, marks_in, named, want_of
from credcheck.discovery.source import Bound, Outside, Scope, bind, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from credcheck.discovery.marks import Counts
    from credcheck.discovery.source import Function, Module, Project

HANDLES = frozenset({"secrets", "session_secrets"})
_FIXTURE = frozenset({"pytest.fixture", "pytest.yield_fixture", "pytest_asyncio.fixture"})
_FUNCTION = (_ast.FunctionDef, _ast.AsyncFunctionDef)


class Fixture(NamedTuple):
    """One fixture function, with the arguments of its decorator."""

    function: Function
    scope: Scope
    name: str
    autouse: bool
    params: _ast.expr | None
    want: Want  # of marks on the fixture itself


class Body(NamedTuple):
    """What a function's body asks of credcheck, and the fixtures that it takes."""

    want: Want
    takes: tuple[str, ...]


def fixture_of(project: Project, name: str, bound: Bound) -> Fixture | None:
    """Read a function as a fixture; None if it is none."""
    node, scope = bound
    if not isinstance(node, _FUNCTION) or not node.decorator_list:
        return None
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, _ast.Call) else None
        dotted = project.dotted(call.func if call else decorator, scope)
        if dotted not in _FIXTURE and not dotted.endswith(".fixture"):
            continue
        given = argument(call, 9, "name") if call else None
        autouse = argument(call, 9, "autouse") if call else None
        marks = [mark for one in node.decorator_list for mark in marks_in(project, one, scope)]
        return Fixture(
            function=node,
            scope=scope,
            name=(project.text(given, scope) if given else None) or name,
            autouse=bool(autouse and project.truth(autouse, scope)),
            params=argument(call, 9, "params") if call else None,
            want=want_of(project, marks),
        )
    return None


class Provider:
    """The fixtures of one module or class."""

    def __init__(
        self, project: Project, members: Mapping[str, Bound], module: Module | None = None
    ) -> None:
        self._project = project
        self._module = module
        self.table: dict[str, Fixture] = {}
        for name, bound in members.items():
            fixture = fixture_of(project, name, bound)
            if fixture is not None:
                self.table[fixture.name] = fixture
        self.autouse = tuple(name for name, one in self.table.items() if one.autouse)

    def get(self, name: str) -> Fixture | None:
        """Find a fixture that stands here or was imported by name."""
        if name not in self.table and self._module and name in self._module.names:
            found = self._project.member(self._module, name)
            fixture = fixture_of(self._project, name, found) if isinstance(found, Bound) else None
            if fixture is not None and fixture.name == name:
                self.table[name] = fixture
        return self.table.get(name)


Chain = tuple[Provider, ...]


class Fixtures:
    """The fixtures of a project, by module; every answer is kept."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._providers: dict[Module, Chain] = {}
        # By module, so that all that is known of a test module can be let go at once.
        self._bodies: dict[Module, dict[tuple[Function, frozenset[str]], Body]] = {}
        self._axes: dict[Module, dict[Function, Counts]] = {}

    def providers(self, module: Module, seen: frozenset[Module] = frozenset()) -> Chain:
        """Give what a module provides: its own, by `import *`, and by `pytest_plugins`."""
        if module in self._providers or module in seen:
            return self._providers.get(module, ())
        scope = Scope(module)
        members = {
            name: Bound(node, scope)
            for name, node in module.names.items()
            if isinstance(node, _FUNCTION)
        }
        chain: Chain = (Provider(self._project, members, module),)
        names = [star.dotted for star in module.stars]
        plugins = module.names.get("pytest_plugins")
        if isinstance(plugins, _ast.AST):
            one = self._project.text(plugins, scope)
            parts = () if one else self._project.elements(plugins, scope) or ()
            names += [one] if one else [self._project.text(*part) or "" for part in parts]
        for name in names:
            other = self._project.find_module(name, module)
            if other is not None:
                chain += self.providers(other, seen | {module})
        if not seen:
            self._providers[module] = chain
        return chain

    def forget(self, module: Module) -> None:
        """Let go of what a test module provides."""
        for kept in (self._providers, self._bodies, self._axes):
            kept.pop(module, None)

    def closure(
        self, chain: Chain, test: Bound | None, used: Iterable[str], given: Mapping[str, bool]
    ) -> tuple[Want, list[Counts]]:
        """Give what a test needs beyond its marks, and how its fixtures multiply it.

        Args:
            chain: the providers above the test, nearest first.
            test: the function, if it can take fixtures.
            used: names from `usefixtures`.
            given: parametrized arguments; those with False replace the fixture.
        """
        want, axes = NOTHING, []
        waiting = [(name, 0) for provider in chain for name in provider.autouse]
        waiting += [(name, 0) for name in used]
        if test is not None:
            body = self.body(test, chain, None)
            want = body.want
            waiting += [(name, 0) for name in body.takes]
        seen: set[tuple[str, int]] = set()
        multiplied: set[str] = set(given)
        while waiting:
            name, start = waiting.pop()
            if (name, start) in seen or given.get(name) is False:
                continue
            seen.add((name, start))
            place, fixture = find(chain, name, start)
            if fixture is None:
                continue
            body = self.body(Bound(fixture.function, fixture.scope), chain, fixture)
            want = want.plus(fixture.want).plus(body.want)
            if fixture.params is not None and name not in multiplied:
                multiplied.add(name)
                axes.append(self._axis(fixture, fixture.params))
            for other in body.takes:
                waiting.append((other, place + 1 if other == name else 0))
        return want, axes

    def _axis(self, fixture: Fixture, params: _ast.expr) -> Counts:
        axes = self._axes.setdefault(fixture.scope.module, {})
        if fixture.function not in axes:
            axes[fixture.function] = axis(self._project, params, fixture.scope)
        return axes[fixture.function]

    def body(self, bound: Bound, chain: Chain, fixture: Fixture | None) -> Body:
        """Read a function: which secrets it asks for by name, which fixtures it takes."""
        function, scope = bound
        if not isinstance(function, _FUNCTION):
            return Body(NOTHING, ())
        takes = arguments(function)
        ours = frozenset(
            name for name in HANDLES if self._is_ours(name, chain, fixture) or name not in takes
        )
        if fixture is None:  # a test's body is read once
            return self._read(function, takes, ours, scope)
        bodies = self._bodies.setdefault(scope.module, {})
        if (function, ours) not in bodies:
            bodies[function, ours] = self._read(function, takes, ours, scope)
        return bodies[function, ours]

    def _is_ours(self, name: str, chain: Chain, asking: Fixture | None) -> bool:
        """Tell whether `secrets` is the plugin's fixture and not one of the project's."""
        _, found = find(chain, name, 0)
        return found is None or found == asking or name in arguments(found.function)

    def _read(
        self, function: Function, takes: Sequence[str], ours: frozenset[str], scope: Scope
    ) -> Body:
        taken = ours & set(takes)
        with_self = b"self.secrets" in scope.module.data or (
            b"self.session_secrets" in scope.module.data
        )
        if not taken and not with_self and "request" not in takes:
            return Body(NOTHING, tuple(takes))
        local = dict.fromkeys(_every_argument(function), Outside("", scope.module.path))
        names = dict(local) | dict(scope.local)
        bind(function.body, scope.module, names)
        inner = Scope(scope.module, names)
        asked: list[tuple[int, int, Want]] = []
        dynamic: list[str] = []
        for node in walk(function.body):
            if isinstance(node, _ast.Call) and isinstance(node.func, _ast.Attribute):
                if node.func.attr == "getfixturevalue" and node.args:
                    dynamic.append(self._project.text(node.args[0], inner) or "")
                elif node.func.attr == "require" and _is_handle(node.func.value, taken):
                    want = named(self._project, node, inner)
                    asked.append((node.lineno, node.col_offset, want))
            elif isinstance(node, _ast.Subscript) and _is_lookup(node, taken):
                text = self._project.text(node.slice, inner)
                want = Want((text,)) if text else Want(opaque=True)
                asked.append((node.lineno, node.col_offset, want))
        want = NOTHING
        for _, _, more in sorted(asked, key=lambda one: one[:2]):
            want = want.plus(more)
        return Body(want, (*takes, *dynamic))


def _is_handle(node: _ast.AST, taken: frozenset[str]) -> bool:
    """`secrets`, or `self.secrets` where a fixture has put it there."""
    if isinstance(node, _ast.Name):
        return node.id in taken
    return (
        isinstance(node, _ast.Attribute)
        and node.attr in HANDLES
        and isinstance(node.value, _ast.Name)
        and node.value.id in {"self", "cls"}
    )


def _is_lookup(node: _ast.Subscript, taken: frozenset[str]) -> bool:
    return isinstance(node.ctx, _ast.Load) and _is_handle(node.value, taken)


def find(chain: Chain, name: str, start: int) -> tuple[int, Fixture | None]:
    """Find the nearest fixture of a name, from a place in the chain on."""
    for place in range(start, len(chain)):
        fixture = chain[place].get(name)
        if fixture is not None:
            return place, fixture
    return len(chain), None


def arguments(function: Function) -> tuple[str, ...]:
    """Give the arguments that pytest fills in: those without a default."""
    plain = [*function.args.posonlyargs, *function.args.args]
    plain = plain[: len(plain) - len(function.args.defaults)]
    pairs = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    return tuple(one.arg for one in (*plain, *(one for one, default in pairs if default is None)))


def _every_argument(function: Function) -> list[str]:
    given = function.args
    several = [one for one in (given.vararg, given.kwarg) if one is not None]
    return [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs, *several)]
