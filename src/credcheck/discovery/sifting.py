"""From files to groups: only what can matter is parsed."""

# Paths are strings here: thousands of them are made, and pathlib takes many times as long.
# ruff: noqa: PTH118, PTH119, PTH120

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from credcheck.discovery.files import read_source, relative
from credcheck.model import Need, TestGroup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from credcheck.discovery.collecting import Collector, Tests
    from credcheck.discovery.files import Files
    from credcheck.discovery.fixtures import Chain, Fixture, Fixtures
    from credcheck.discovery.marks import Want
    from credcheck.discovery.settings import Settings
    from credcheck.discovery.source import Module, Project

# `secrets` stands in `session_secrets` too; tests of other tests' modules may inherit from there.
_WORDS = (b"require_secret", b"secrets", b"from test_", b"import test_", b".test_")


def sift(
    root: str,
    files: Files,
    settings: Settings,
    *,
    named: bool,
    suite_paths: Sequence[str],
    problems: list[str],
) -> tuple[TestGroup, ...]:
    """Group the tests of the files that can have to do with secrets.

    Args:
        root: absolute.
        files: the tests and their helpers.
        settings: pytest's configuration.
        named: the files were asked for, so that each is parsed, whatever stands in it.
        suite_paths: below these every test counts.
        problems: gets a sentence for each file that cannot be read.
    """
    sifter = _Sifter(root, files, settings, problems)
    sifter.learn()
    groups: list[TestGroup] = []
    for path in sorted(files.tests):
        shown = relative(path, root)
        every = _below(shown, suite_paths)
        data = read_source(path, shown, problems)
        if data is not None and (named or every or sifter.matters(path, data)):
            groups += sifter.groups(path, data, every=every)
    return tuple(sorted(groups, key=lambda group: (group.path, group.line, group.need)))


def _below(path: str, folders: Sequence[str]) -> bool:
    for folder in folders:
        prefix = folder.removeprefix("./").rstrip("/")
        if prefix in {"", "."} or path == prefix or path.startswith(prefix + "/"):
            return True
    return False


class _Sifter:
    """What is known of a project, and the parsed sources if there are any."""

    def __init__(self, root: str, files: Files, settings: Settings, problems: list[str]) -> None:
        self.root, self.files, self.settings, self.problems = root, files, settings, problems
        self._words: set[bytes] = set(_WORDS)
        self._everywhere: list[str] = []  # folders where every test needs something
        self._tools: tuple[Project, Fixtures, Collector] | None = None

    def tools(self) -> tuple[Project, Fixtures, Collector]:
        """Give the parsing part, imported when the first file must be parsed."""
        if self._tools is None:
            from credcheck.discovery.collecting import Collector
            from credcheck.discovery.fixtures import Fixtures
            from credcheck.discovery.source import Project

            project = Project(self.root, self.settings.pythonpath, self.problems)
            fixtures = Fixtures(project)
            self._tools = (project, fixtures, Collector(project, fixtures, self.settings))
        return self._tools

    def matters(self, path: str, data: bytes) -> bool:
        """Tell whether a test file can have to do with secrets."""
        return any(word in data for word in self._words) or any(
            path.startswith(folder) for folder in self._everywhere
        )

    # ── helpers ───────────────────────────────────────────────────────────────────────────

    def learn(self) -> None:
        """Find the words in the helpers by which a test can come to need a secret.

        These are the names of modules that hold marks and of fixtures that ask for secrets. A
        helper that uses another one's words adds its own, so this goes on until nothing is new.
        """
        texts: dict[str, bytes] = {}
        for path in sorted(self.files.helpers, key=lambda path: (path.count(os.sep), path)):
            data = read_source(path, relative(path, self.root), self.problems)
            if data is not None:
                texts[path] = data
        before = -1
        while before != len(self._words):
            before = len(self._words)
            for path, data in texts.items():
                if any(word in data for word in self._words):
                    self._words |= set(self._words_of(path, data))
        if any(name.encode(errors="replace") in self._words for name in self.settings.usefixtures):
            self._everywhere.append(self.root)

    def _words_of(self, path: str, data: bytes) -> Iterator[bytes]:
        folder, name = os.path.split(path)
        if name == "__init__.py":
            yield os.path.basename(folder).encode(errors="replace")
            yield b"from . import"
            yield b"from .. import"
        elif name == "conftest.py":
            yield b"conftest"
        else:
            yield name.removesuffix(".py").encode(errors="replace")
        if b"fixture" not in data:
            return
        project, fixtures, _ = self.tools()
        module = project.load(path, data)
        if module is None:
            return
        try:
            project.begin(data)
            needy = list(self._needy(fixtures.providers(module), fixtures))
        except RecursionError:
            needy = []  # the tests that use them will say so
        for fixture in needy:
            yield fixture.name.encode(errors="replace")
            if fixture.autouse:
                self._everywhere.append(folder if name == "conftest.py" else self.root)

    def _needy(self, chain: Chain, fixtures: Fixtures) -> Iterator[Fixture]:
        """The fixtures that ask for secrets, or take one that is known to."""
        from credcheck.discovery.source import Bound

        for provider in chain[:1]:
            for fixture in provider.table.values():
                body = fixtures.body(Bound(fixture.function, fixture.scope), chain, fixture)
                if (
                    fixture.want
                    or body.want
                    or fixture.params is not None
                    or any(name.encode(errors="replace") in self._words for name in body.takes)
                ):
                    yield fixture

    # ── tests ─────────────────────────────────────────────────────────────────────────────

    def groups(self, path: str, data: bytes, *, every: bool) -> list[TestGroup]:
        """Parse one module and group its tests by need; without one only if every test counts."""
        project, fixtures, collector = self.tools()
        module = project.load(path, data)
        if module is None:
            return []
        shown = relative(path, self.root)
        try:
            project.begin(data)
            tests = collector.module(module, list(self._conftests(path, project)))
        except RecursionError:
            self.problems.append(f"{shown}: is too involved to be read")
            return []
        finally:
            fixtures.forget(module)
            project.forget(path)
        return _grouped(shown, _narrowed(tests, self.files.tests[path]), every=every)

    def _conftests(self, path: str, project: Project) -> Iterator[Module]:
        """The `conftest.py` files above a test module, nearest first."""
        folder = os.path.dirname(path)
        while True:
            conftest = os.path.join(folder, "conftest.py")
            if conftest in self.files.helpers:
                module = project.load(conftest)
                if module is not None:
                    yield module
            if folder in {self.root, os.path.dirname(folder)}:
                return
            folder = os.path.dirname(folder)


def _narrowed(tests: Sequence[Tests], nodes: Sequence[tuple[str, ...]]) -> list[Tests]:
    """The tests that the node ids name; all if there are none."""
    return [
        one for one in tests if not nodes or any(one.node[: len(node)] == node for node in nodes)
    ]


def _grouped(path: str, tests: Sequence[Tests], *, every: bool) -> list[TestGroup]:
    groups: dict[tuple[object, ...], TestGroup] = {}
    for one in sorted(tests, key=lambda one: one.line):
        for want, count in one.counts.items():
            if want or every:
                before = groups.get(want.key)
                groups[want.key] = (
                    before._replace(count=before.count + count)
                    if before
                    else _group(path, one.line, count, want)
                )
    return list(groups.values())


def _group(path: str, line: int, count: int, want: Want) -> TestGroup:
    need = Need(all_of=want.all_of, any_of=want.any_of)
    return TestGroup(path=path, line=line, count=count, need=need, opaque=want.opaque)
