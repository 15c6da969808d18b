"""Marks as they stand in the source, and what they say that a test needs."""

from __future__ import annotations

import _ast
from typing import TYPE_CHECKING, NamedTuple

from credcheck.discovery.source import Bound, Outside, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from credcheck.discovery.source import Project

_DEPTH = 20


class Want(NamedTuple):
    """What one test needs so far; ``opaque``: there is a name that could not be read."""

    all_of: tuple[str, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    opaque: bool = False

    def __bool__(self) -> bool:
        return self != NOTHING

    def plus(self, other: Want) -> Want:
        """Give both, each name once."""
        if not other or self == other:
            return self
        return Want(
            tuple(dict.fromkeys(self.all_of + other.all_of)),
            tuple(dict.fromkeys(self.any_of + other.any_of)),
            self.opaque or other.opaque,
        )

    @property
    def key(self) -> tuple[object, ...]:
        """What is equal for equal needs, in whatever order they were written."""
        groups = frozenset(frozenset(group) for group in self.any_of)
        return (frozenset(self.all_of), groups, self.opaque)


NOTHING = Want()


class Mark(NamedTuple):
    """One mark that matters here: its kind, its call, and where the call stands."""

    kind: str  # "require", "parametrize" or "usefixtures"
    call: _ast.Call
    scope: Scope


def marks_in(project: Project, node: _ast.AST, scope: Scope, depth: int = 0) -> list[Mark]:
    """Read a decorator, the value of `pytestmark`, or `marks=`; what is unknown is passed over."""
    found = project.resolve(node, scope)
    if isinstance(found, Outside) or depth > _DEPTH:
        return []
    node, scope = found
    if isinstance(node, _ast.Call):
        kind = _kind(project.dotted(node.func, scope))
        return [Mark(kind, node, scope)] if kind else []
    if isinstance(node, _ast.IfExp):
        both: list[_ast.AST] = [node.body, node.orelse]
        return [mark for one in both for mark in marks_in(project, one, scope, depth + 1)]
    if isinstance(node, (_ast.List, _ast.Tuple, _ast.Set)):
        parts: Sequence[_ast.AST] = [
            one.value if isinstance(one, _ast.Starred) else one for one in node.elts
        ]
    elif isinstance(node, _ast.BinOp):
        parts = [node.left, node.right]
    else:
        return []
    return [mark for part in parts for mark in marks_in(project, part, scope, depth + 1)]


def _kind(dotted: str) -> str:
    if dotted == "pytest.mark.require_secret":
        return "require"
    if dotted.startswith("credcheck.") and dotted.endswith(".require_secret"):
        return "require"
    if dotted in {"pytest.mark.parametrize", "pytest.mark.usefixtures"}:
        return dotted.rpartition(".")[2]
    return ""


def want_of(project: Project, marks: Iterable[Mark]) -> Want:
    """Give what some marks require together."""
    want = NOTHING
    for mark in marks:
        if mark.kind == "require":
            want = want.plus(named(project, mark.call, mark.scope))
    return want


def named(project: Project, call: _ast.Call, scope: Scope) -> Want:
    """Give what a call with secret names requires: every one, or with `any_of=True` one of them."""
    names: list[str] = []
    opaque = any_of = False
    for argument in call.args:
        starred = isinstance(argument, _ast.Starred)
        parts = (
            project.elements(argument.value, scope)
            if isinstance(argument, _ast.Starred)
            else [Bound(argument, scope)]
        )
        texts = [project.text(*part) for part in parts or ()]
        names += [text for text in texts if text]
        opaque = opaque or None in texts or (starred and parts is None)
    for keyword in call.keywords:
        flag = project.truth(keyword.value, scope) if keyword.arg == "any_of" else None
        any_of = any_of or bool(flag)
        opaque = opaque or flag is None
    unique = tuple(dict.fromkeys(names))
    if any_of and len(unique) > 1:
        return Want((), (unique,), opaque)
    # One known name of several is one way among others, not a need.
    return Want(() if any_of and opaque else unique, (), opaque)


def argument(call: _ast.Call, position: int, name: str) -> _ast.expr | None:
    """Give one argument of a call, by position or by name."""
    if len(call.args) > position:
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


# ── parametrization ───────────────────────────────────────────────────────────────────────────

Counts = dict[Want, int]
_COMBINATIONS = 500  # different needs of one function; beyond that they are counted as unreadable


def axis(project: Project, values: _ast.AST | None, scope: Scope) -> Counts:
    """Count the parameters of one list by what their own marks require."""
    elements = project.elements(values, scope) if values is not None else None
    counts: Counts = {}
    for element in elements or ():
        want = _marks_of_param(project, element)
        counts[want] = counts.get(want, 0) + 1
    # An unknown list counts as one test; so does an empty one, which pytest reports as skipped.
    return counts or {NOTHING: 1}


def _marks_of_param(project: Project, element: Bound) -> Want:
    if isinstance(element.node, _ast.Constant):
        return NOTHING
    found = project.resolve(*element)
    if isinstance(found, Bound) and isinstance(found.node, _ast.Call):
        node, scope = found
        if isinstance(node, _ast.Call) and project.dotted(node.func, scope) == "pytest.param":
            marks = argument(node, len(node.args), "marks")
            if marks is not None:
                return want_of(project, marks_in(project, marks, scope))
    return NOTHING


def product(base: Want, axes: Iterable[Counts]) -> Counts:
    """Multiply parametrizations: how many tests with which need."""
    counts: Counts = {base: 1}
    for one in axes:
        if len(counts) * len(one) > _COMBINATIONS:
            total = sum(counts.values()) * sum(one.values())
            counts = {base._replace(opaque=True): total}
            continue
        combined: Counts = {}
        for first, many in counts.items():
            for second, more in one.items():
                want = first.plus(second)
                combined[want] = combined.get(want, 0) + many * more
        counts = combined
    return counts


def parametrized(project: Project, marks: Iterable[Mark]) -> tuple[list[Counts], dict[str, bool]]:
    """Give the axes of all `parametrize` marks, and their argument names.

    The names say whether the fixture of that name is still asked (`indirect`) or replaced.
    """
    axes: list[Counts] = []
    names: dict[str, bool] = {}
    for mark in marks:
        if mark.kind != "parametrize":
            continue
        axes.append(axis(project, argument(mark.call, 1, "argvalues"), mark.scope))
        listed = _argnames(project, mark)
        indirect = argument(mark.call, 2, "indirect")
        if indirect is None:
            names |= dict.fromkeys(listed, False)
            continue
        every = project.truth(indirect, mark.scope)
        some = {project.text(*part) for part in project.elements(indirect, mark.scope) or ()}
        names |= {name: bool(every) or name in some for name in listed}
    return axes, names


def _argnames(project: Project, mark: Mark) -> list[str]:
    node = argument(mark.call, 0, "argnames")
    if node is None:
        return []
    text = project.text(node, mark.scope)
    if text is not None:
        return [name.strip() for name in text.split(",") if name.strip()]
    texts = [project.text(*part) for part in project.elements(node, mark.scope) or ()]
    return [text for text in texts if text]
