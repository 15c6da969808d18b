"""Ids of parametrized tests: made without values, and still different from each other.

An id goes to node ids, reports, the cache, folders, and to the environment of child processes. It
is scrubbed where it is made: afterwards is too late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from credcheck.scrubber import Scrubber


class IdHooks:
    """Scrubs ids, whoever gives them: pytest, a list, a function, `pytest.param`, a plugin."""

    def __init__(self, scrubber: Scrubber) -> None:
        self._text = scrubber.text
        self._given: dict[str, list[Any]] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> Generator[None]:
        """Stand before `metafunc.parametrize` while a test's parameters are made."""
        if not metafunc.fixturenames:  # no arguments, no parameters, as most of ten thousand tests
            return (yield)
        original = metafunc.parametrize

        def parametrize(
            argnames: Any, argvalues: Any, *args: Any, ids: Any = None, **options: Any
        ) -> None:
            # by position come `indirect` and then the ids
            rest = list(args)
            if len(rest) > 1:
                rest[1] = self._ids(rest[1])
            else:
                options["ids"] = self._ids(ids)
            self._given.clear()
            original(argnames, self._values(argvalues), *rest, **options)

        metafunc.parametrize = parametrize  # type: ignore[method-assign]
        try:
            return (yield)
        finally:
            del metafunc.parametrize  # the method shows again

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_parametrize_id(self, val: object) -> Generator[None, str | None, str | None]:
        """Scrub the id that a plugin gives, and give one for a text that pytest would show."""
        made = yield
        if made is not None:
            return str(self._masked(made, val))
        if isinstance(val, bytes):
            text = val.decode("ascii", "backslashreplace")
        elif isinstance(val, str | int | float):
            text = str(val)
        else:
            return None
        masked: str = self._masked(text, val)
        return masked if masked is not text else None

    def _ids(self, ids: Any) -> Any:
        if ids is None:
            return None
        if callable(ids):
            return self._function(ids)
        made = (self._masked(given, n) for n, given in enumerate(ids))
        return list(made) if hasattr(ids, "__len__") else made  # it may have no end

    def _function(self, ids: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def scrubbed(value: Any) -> Any:
            return self._masked(ids(value), value)

        return scrubbed

    def _values(self, values: Iterable[Any]) -> Iterable[Any]:
        return [
            value._replace(id=self._masked(value.id, n))
            if isinstance(getattr(value, "id", None), str) and hasattr(value, "marks")
            else value
            for n, value in enumerate(values)
        ]

    def _masked(self, given: Any, value: Any) -> Any:
        """Scrub one id; the second one that looks alike gets a number."""
        if not isinstance(given, str):
            return given
        clean = self._text(given)
        if clean is given:
            return given
        seen = self._given.setdefault(clean, [])
        number = next((n for n, known in enumerate(seen) if known is value), len(seen))
        if number == len(seen):
            seen.append(value)
        return f"{clean}-{number}" if number else clean
