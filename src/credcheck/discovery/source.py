"""Python source as data: which name is bound to what, followed through imports inside the root.

Nothing is imported or executed. `_ast` is taken instead of `ast` because the latter takes six times
as long to import, and of it only the node classes would be used.
"""

# Paths are strings here: thousands of them are made, and pathlib takes many times as long.
# ruff: noqa: PTH113, PTH118, PTH120, PTH208

from __future__ import annotations

import _ast
import os
import warnings
from typing import TYPE_CHECKING, NamedTuple

from credcheck.discovery.files import read_source, relative

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_DEPTH = 40  # names followed one after the other; more is a loop
_STEPS = 100_000  # names followed for one file, and one more for each of its bytes
_MANY = 100_000  # elements; nobody has that many tests
_FOREIGN = frozenset({"pytest", "credcheck", "unittest", ""})
Function = _ast.FunctionDef | _ast.AsyncFunctionDef


class Outside(NamedTuple):
    """A dotted name that a file imports; ``home`` is that file's path.

    Not its module: without circles a module is freed as soon as its tests are counted.
    """

    dotted: str
    home: str


class Module:
    """One source file, parsed: its names, and the modules from which it imports everything."""

    __slots__ = ("_classes", "data", "names", "path", "stars")

    def __init__(self, path: str, data: bytes, body: Sequence[_ast.stmt]) -> None:
        self.path = path
        self.data = data
        self.names: dict[str, _ast.AST | Outside] = {}
        self.stars: list[Outside] = []
        self._classes: dict[_ast.ClassDef, dict[str, _ast.AST | Outside]] = {}
        bind(body, self, self.names)

    def names_of(self, node: _ast.ClassDef) -> dict[str, _ast.AST | Outside]:
        """Give the names that a class's body binds."""
        if node not in self._classes:
            bind(node.body, self, self._classes.setdefault(node, {}))
        return self._classes[node]


class Scope(NamedTuple):
    """Where an expression stands: a module, and maybe a class or function in it."""

    module: Module
    local: Mapping[str, _ast.AST | Outside] = {}


class Bound(NamedTuple):
    """A node, and the scope in which its names are to be understood."""

    node: _ast.AST
    scope: Scope


def bind(body: Sequence[_ast.AST], module: Module, names: dict[str, _ast.AST | Outside]) -> None:
    """Note what each statement binds; of several branches the first has the last word."""
    for node in body:
        if isinstance(node, (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef)):
            names[node.name] = node
        elif isinstance(node, _ast.Import):
            for alias in node.names:
                dotted = alias.name if alias.asname else alias.name.partition(".")[0]
                names[alias.asname or dotted] = Outside(dotted, module.path)
        elif isinstance(node, _ast.ImportFrom):
            _import_from(node, module, names)
        elif not _bind_value(node, names):
            for field in ("handlers", "orelse", "cases", "finalbody", "body"):
                bind(getattr(node, field, None) or (), module, names)


def _bind_value(node: _ast.AST, names: dict[str, _ast.AST | Outside]) -> bool:
    """The statements that give a name a value; False for any other."""
    if isinstance(node, _ast.Assign):
        for target in node.targets:
            _assign(target, node.value, names)
    elif isinstance(node, _ast.AnnAssign):
        if node.value is not None:
            _assign(node.target, node.value, names)
    elif isinstance(node, _ast.AugAssign):
        _extend(node.target, node.value, names)
    elif isinstance(node, _ast.Expr):
        _append(node.value, names)
    else:
        return False
    return True


def _import_from(
    node: _ast.ImportFrom, module: Module, names: dict[str, _ast.AST | Outside]
) -> None:
    prefix = "." * node.level + (f"{node.module}." if node.module else "")
    for alias in node.names:
        if alias.name == "*":
            module.stars.append(Outside(prefix.removesuffix(".") or prefix, module.path))
        else:
            names[alias.asname or alias.name] = Outside(prefix + alias.name, module.path)


def _assign(target: _ast.AST, value: _ast.expr, names: dict[str, _ast.AST | Outside]) -> None:
    if isinstance(target, _ast.Name):
        if isinstance(value, _ast.BinOp) and _names(value.left, target.id):
            _extend(target, value.right, names)
        elif not _names(value, target.id):
            names[target.id] = value
    elif (
        isinstance(target, (_ast.Tuple, _ast.List))
        and isinstance(value, (_ast.Tuple, _ast.List))
        and len(target.elts) == len(value.elts)
    ):
        for one, other in zip(target.elts, value.elts, strict=True):
            _assign(one, other, names)


def _names(node: _ast.AST, name: str) -> bool:
    return isinstance(node, _ast.Name) and node.id == name


def _extend(target: _ast.AST, value: _ast.expr, names: dict[str, _ast.AST | Outside]) -> None:
    """`x += value`: what the name held, and this."""
    if isinstance(target, _ast.Name):
        before = names.get(target.id)
        names[target.id] = (
            _ast.BinOp(left=before, op=_ast.Add(), right=value)
            if isinstance(before, _ast.expr)
            else value
        )


def _append(node: _ast.AST, names: dict[str, _ast.AST | Outside]) -> None:
    """`x.append(value)` and `x.extend(values)`."""
    if not isinstance(node, _ast.Call) or not isinstance(node.func, _ast.Attribute):
        return
    if node.func.attr in {"append", "extend"} and len(node.args) == 1:
        (value,) = node.args
        if node.func.attr == "append":
            value = _ast.List(elts=[value], ctx=_ast.Load())
        _extend(node.func.value, value, names)


def walk(nodes: Sequence[_ast.AST]) -> Iterator[_ast.AST]:
    """Give every node below these."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        yield node
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, _ast.AST):
                waiting.append(value)
            elif isinstance(value, list):
                waiting += [one for one in value if isinstance(one, _ast.AST)]


class TooInvolvedError(RecursionError):
    """Following the names of one file takes too long: they double, or go round in circles."""


class Project:
    """The sources below the root, each read and parsed at most once."""

    def __init__(self, root: str, pythonpath: Sequence[str], problems: list[str]) -> None:
        self.root = root
        self.problems = problems
        self._bases = [os.path.normpath(os.path.join(root, p)) for p in (*pythonpath, "src")]
        self._modules: dict[str, Module | None] = {}
        self._listings: dict[str, frozenset[str]] = {}
        self._asked: set[tuple[Module, str]] = set()
        self._steps = 0

    def relative(self, path: str) -> str:
        """Give a path as people know it: from the root, with forward slashes."""
        return relative(path, self.root)

    def read(self, path: str) -> bytes | None:
        """Read one file; None, and a problem, if that cannot be done."""
        return read_source(path, self.relative(path), self.problems)

    def load(self, path: str, data: bytes | None = None) -> Module | None:
        """Parse one file; None, and a problem, if that cannot be done."""
        if path not in self._modules:
            self._modules[path] = None  # an import loop ends here
            if data is None:
                data = self.read(path)
            if data is not None:
                self._modules[path] = self._parse(path, data)
        return self._modules[path]

    def begin(self, data: bytes) -> None:
        """Grant what following the names of one file may take."""
        self._asked.clear()
        self._steps = _STEPS + len(data)

    def forget(self, path: str) -> None:
        """Let go of a test module: thousands of parsed files would fill the memory."""
        self._modules.pop(path, None)

    def _parse(self, path: str, data: bytes) -> Module | None:
        line = ""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of invalid escapes: not our business
                tree = compile(data, path, "exec", 0x400, dont_inherit=True)  # PyCF_ONLY_AST
            if isinstance(tree, _ast.Module):
                return Module(path, data, tree.body)
        except SyntaxError as error:
            line = f":{error.lineno}" if error.lineno else ""
        except (ValueError, OverflowError, MemoryError, RecursionError):
            pass  # null bytes, and brackets nested without end
        self.problems.append(f"{self.relative(path)}{line}: cannot be parsed")
        return None

    # ── names ─────────────────────────────────────────────────────────────────────────────

    def resolve(self, node: _ast.AST, scope: Scope, depth: int = 0) -> Bound | Outside:
        """Follow names and attributes to what they stand for."""
        self._steps -= 1
        if self._steps < 0:
            raise TooInvolvedError
        if depth > _DEPTH:
            return Outside("", scope.module.path)
        if isinstance(node, _ast.Name):
            if node.id in scope.local:
                found = scope.local[node.id]
                # A name that is bound to itself means the one outside.
                if not _names(found, node.id) if isinstance(found, _ast.AST) else True:
                    return self._follow(found, scope, depth)
            return self.member(scope.module, node.id, depth) or Outside(node.id, scope.module.path)
        if isinstance(node, _ast.Attribute):
            base = self.resolve(node.value, scope, depth + 1)
            if isinstance(base, Outside):
                return self._import(
                    Outside(f"{base.dotted.rstrip('.')}.{node.attr}", base.home), depth
                )
            return self._attribute(base, node.attr, depth) or Bound(node, scope)
        return Bound(node, scope)

    def member(self, module: Module, name: str, depth: int = 0) -> Bound | Outside | None:
        """Find a name at the top level of a module, or in what it imports whole."""
        if name in module.names:
            return self._follow(module.names[name], Scope(module), depth)
        if not module.stars or (module, name) in self._asked:
            return None
        self._asked.add((module, name))  # modules may import each other whole
        try:
            return self._starred(module, name, depth)
        finally:
            self._asked.discard((module, name))

    def _starred(self, module: Module, name: str, depth: int) -> Bound | Outside | None:
        for star in module.stars:
            dot = "" if star.dotted.endswith(".") else "."
            found = self._import(Outside(f"{star.dotted}{dot}{name}", module.path), depth + 1)
            if isinstance(found, Bound) or found.dotted.startswith("credcheck."):
                return found
        return None

    def dotted(self, node: _ast.AST, scope: Scope) -> str:
        """Give the full name of something from elsewhere; "" for what stands in the project."""
        found = self.resolve(node, scope)
        return found.dotted if isinstance(found, Outside) else ""

    def _attribute(self, base: Bound, name: str, depth: int) -> Bound | Outside | None:
        if not isinstance(base.node, _ast.ClassDef):
            return None
        names = base.scope.module.names_of(base.node)
        if name not in names:
            return None
        return self._follow(names[name], Scope(base.scope.module, names), depth)

    def _follow(self, found: _ast.AST | Outside, scope: Scope, depth: int) -> Bound | Outside:
        if isinstance(found, Outside):
            return self._import(found, depth + 1)
        return self.resolve(found, scope, depth + 1)

    def _import(self, wanted: Outside, depth: int) -> Bound | Outside:
        """Find a dotted name in the project; give it back if it comes from elsewhere."""
        if wanted.dotted.partition(".")[0] in _FOREIGN and wanted.dotted[:1] != ".":
            return wanted
        if depth > _DEPTH:
            return Outside("", wanted.home)
        for base, parts in self._places(wanted):
            for cut in range(len(parts) - 1, -1, -1):
                module = self._module_at(base, parts[:cut])
                found = self.member(module, parts[cut], depth + 1) if module else None
                for attribute in parts[cut + 1 :]:
                    if isinstance(found, Bound):
                        found = self._attribute(found, attribute, depth + 1)
                    elif isinstance(found, Outside):
                        found = Outside(f"{found.dotted}.{attribute}", found.home)
                if found is not None:
                    return found
        return wanted

    def _places(self, wanted: Outside) -> Iterator[tuple[str, list[str]]]:
        """The folders in which a dotted name may be found, with its parts."""
        bare = wanted.dotted.lstrip(".")
        level = len(wanted.dotted) - len(bare)
        parts = bare.split(".")
        folder = os.path.dirname(wanted.home)
        if level:
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            if folder.startswith(self.root):
                yield folder, parts
        elif parts[0] not in _FOREIGN:
            for base in (*self._upwards(folder), *self._bases):
                names = self._listing(base)
                if parts[0] in names or f"{parts[0]}.py" in names:
                    yield base, parts

    def _upwards(self, folder: str) -> Iterator[str]:
        while folder.startswith(self.root):
            yield folder
            if folder == self.root:
                return
            folder = os.path.dirname(folder)

    def _listing(self, folder: str) -> frozenset[str]:
        if folder not in self._listings:
            try:
                self._listings[folder] = frozenset(os.listdir(folder))
            except OSError:
                self._listings[folder] = frozenset()
        return self._listings[folder]

    def _module_at(self, base: str, parts: Sequence[str]) -> Module | None:
        folder = os.path.join(base, *parts[:-1])
        if parts and f"{parts[-1]}.py" in self._listing(folder):
            path = os.path.join(folder, f"{parts[-1]}.py")
        elif "__init__.py" in self._listing(os.path.join(base, *parts)):
            path = os.path.join(base, *parts, "__init__.py")
        else:
            return None
        return self.load(path) if os.path.isfile(path) else None

    def find_module(self, dotted: str, home: Module) -> Module | None:
        """Find a whole module by its dotted name."""
        for base, parts in self._places(Outside(dotted, home.path)):
            module = self._module_at(base, parts if parts != [""] else [])
            if module is not None:
                return module
        return None

    # ── constants ─────────────────────────────────────────────────────────────────────────

    def text(self, node: _ast.AST, scope: Scope, depth: int = 0) -> str | None:
        """Give the string that an expression is; None if that cannot be read."""
        found = self.resolve(node, scope)
        if isinstance(found, Outside) or depth > _DEPTH:
            return None
        node, scope = found
        if isinstance(node, _ast.Constant):
            return node.value if isinstance(node.value, str) else None
        parts: list[_ast.expr] = []
        if isinstance(node, _ast.BinOp) and isinstance(node.op, _ast.Add):
            parts = [node.left, node.right]
        elif isinstance(node, _ast.JoinedStr):
            parts = [
                value.value
                if isinstance(value, _ast.FormattedValue)
                and value.conversion == -1
                and value.format_spec is None
                else value
                for value in node.values
            ]
        texts = [self.text(part, scope, depth + 1) for part in parts]
        known = [text for text in texts if text is not None]
        return "".join(known) if parts and len(known) == len(texts) else None

    def truth(self, node: _ast.AST, scope: Scope) -> bool | None:
        """Give whether a constant is true; None for what is no constant."""
        found = self.resolve(node, scope)
        if isinstance(found, Bound) and isinstance(found.node, _ast.Constant):
            return bool(found.node.value)
        return None

    def elements(self, node: _ast.AST, scope: Scope, depth: int = 0) -> list[Bound] | None:
        """Give the elements of a list, tuple, set, dict, string, range …; None if unknown."""
        found = self.resolve(node, scope)
        if isinstance(found, Outside) or depth > _DEPTH:
            return None
        node, scope = found
        if isinstance(node, (_ast.List, _ast.Tuple, _ast.Set)):
            items: list[Bound] = []
            for element in node.elts:
                if isinstance(element, _ast.Starred):
                    more = self.elements(element.value, scope, depth + 1)
                    items += [Bound(element, scope)] if more is None else more
                else:
                    items.append(Bound(element, scope))
            return items if len(items) <= _MANY else None
        if isinstance(node, _ast.Dict):
            return [Bound(key, scope) for key in node.keys if key is not None]
        if isinstance(node, _ast.Constant) and isinstance(node.value, str):
            return [Bound(node, scope)] * len(node.value)
        if isinstance(node, _ast.BinOp):
            return self._sum(node, scope, depth)
        if isinstance(node, (_ast.ListComp, _ast.SetComp, _ast.GeneratorExp)):
            if len(node.generators) != 1 or node.generators[0].ifs:
                return None
            source = self.elements(node.generators[0].iter, scope, depth + 1)
            return None if source is None else [Bound(node.elt, scope)] * len(source)
        return self._called(node, scope, depth) if isinstance(node, _ast.Call) else None

    def _sum(self, node: _ast.BinOp, scope: Scope, depth: int) -> list[Bound] | None:
        """The elements of `a + b` and of `a * 3`."""
        left = self.elements(node.left, scope, depth + 1)
        if left is None:
            return None
        if isinstance(node.op, _ast.Mult):
            times = node.right.value if isinstance(node.right, _ast.Constant) else None
            small = isinstance(times, int) and len(left) * max(times, 0) <= _MANY
            return left * times if isinstance(times, int) and small else None
        right = self.elements(node.right, scope, depth + 1)
        return left + right if isinstance(node.op, _ast.Add) and right is not None else None

    def _called(self, node: _ast.Call, scope: Scope, depth: int) -> list[Bound] | None:
        """The elements of what a few well-known functions give."""
        if isinstance(node.func, _ast.Attribute):
            if node.func.attr in {"items", "keys", "values"} and not node.args:
                found = self.resolve(node.func.value, scope)
                if isinstance(found, Bound) and isinstance(found.node, _ast.Dict):
                    parts = found.node.values if node.func.attr == "values" else found.node.keys
                    return [Bound(part or node, found.scope) for part in parts]
            return None
        name = self.dotted(node.func, scope)
        if name == "range" and 1 <= len(node.args) <= 3:
            bounds = [a.value for a in node.args if isinstance(a, _ast.Constant)]
            whole = [b for b in bounds if isinstance(b, int)]
            if len(whole) == len(node.args) and (len(whole) < 3 or whole[2]):
                numbers = range(*whole)
                return [Bound(node, scope)] * len(numbers) if numbers[:_MANY] == numbers else None
        if name in {"list", "tuple", "sorted", "enumerate", "reversed", "iter"} and node.args:
            return self.elements(node.args[0], scope, depth + 1)
        return None
