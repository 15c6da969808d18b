"""The fixtures `secrets` and `session_secrets`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

from credcheck.pytest_plugin.state import DUMMIES, NAMES, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from credcheck.pytest_plugin.state import State


class Secrets(Mapping[str, str]):
    """The values that a test may see: those that its marks and its suite name.

    Its ``repr`` shows names only. Iterating gives the names that are ready.
    """

    def __init__(
        self,
        state: State,
        node: pytest.Item | pytest.Session,
        names: Iterable[str],
        dummies: Mapping[str, str] | None = None,
    ) -> None:
        self._dummies = dummies or {}  # of a test that replays a cassette
        self._state = state
        self._node = node
        self._session = node.session
        self._names = dict.fromkeys(names)

    def __getitem__(self, name: str) -> str:
        __tracebackhide__ = True
        if name not in self._names:
            raise KeyError(self._not_declared(name))
        if name in self._dummies:
            return self._dummies[name]
        self._state.resolve_inside(name, self._session)
        return self._value(name)

    def __iter__(self) -> Iterator[str]:
        status = self._state.broker.status
        return (n for n in self._names if n in self._dummies or status(n).state == "ready")

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in list(self)

    def __repr__(self) -> str:
        return f"<secrets: {', '.join(self._names) or 'none'}>"

    def require(self, name: str) -> str:
        """Give a value that no mark names; what it lacks skips the test, or fails it by policy.

        A production credential ends the whole run.
        """
        __tracebackhide__ = True
        name = str.__str__(name)  # execnet carries no member of a `StrEnum`
        self._names[name] = None
        if name in self._dummies:
            return self._dummies[name]
        self._state.resolve_inside(name, self._session)
        if self._state.broker.status(name).state != "deferred":
            self._stop_unless_ready(name)
        return self._value(name)  # a KeyError that names the fixture, while it is deferred

    def provide(self, name: str, value: str) -> None:
        """Hand in a credential that exists only at run time, such as a container's address.

        A production credential ends the whole run; one that is not usable (empty, malformed)
        skips or fails the tests that take the fixture, as if it were missing.

        Args:
            name: the secret, declared with `provided-by`.
            value: its value.

        Raises:
            TypeError: the value is no text.
        """
        __tracebackhide__ = True
        given: object = value
        if not isinstance(given, str):
            kind = type(given).__name__
            raise TypeError(f"provide({name!r}, …) takes a str, not {kind}")
        name = str.__str__(name)
        self._names[name] = None
        self._state.broker.provide(name, value)
        self._state.end_inside_if_refused(self._session)
        self._stop_unless_ready(name)

    def _value(self, name: str) -> str:
        """Give the value; the traceback of what it lacks ends at the user's own line."""
        __tracebackhide__ = True
        from credcheck.errors import NotReady

        try:
            return self._state.broker[name]
        except NotReady as error:
            lacking = error
        raise lacking.with_traceback(None)

    def _stop_unless_ready(self, name: str) -> None:
        __tracebackhide__ = True
        from credcheck.model import Need
        from credcheck.pytest_plugin.stops import RAISED, stop_now, stop_of

        state = self._state
        if state.broker.status(name).state == "ready":
            return
        decision = state.broker.decide(
            state.current_path(), Need(all_of=(name,)), strict=state.strict
        )
        # which suite it is said of is known to the test that is stopped, and may be one of many
        stop = stop_of(state.broker, decision)._replace(suite="")
        self._node.stash[RAISED] = stop
        stop_now(stop)

    def _not_declared(self, name: str) -> str:
        return f'this test does not declare {name}; add the line @require_secret("{name}")'


class SessionSecrets(Secrets):
    """The same for fixtures of a wider scope: they see all that is declared or needed."""

    def _not_declared(self, name: str) -> str:
        return f'no test declares {name}; write session_secrets.require("{name}")'


@pytest.fixture
def secrets(request: pytest.FixtureRequest) -> Secrets:
    """The credentials that this test declares, by name."""
    stash = request.node.stash
    names, dummies = stash.get(NAMES, ()), stash.get(DUMMIES, None)
    return Secrets(state_of(request.config), request.node, names, dummies)


@pytest.fixture(scope="session")
def session_secrets(request: pytest.FixtureRequest) -> SessionSecrets:
    """The project's credentials, for fixtures of a wider scope than one test."""
    state = state_of(request.config)
    names = (*state.broker.manifest.secrets, *state.needed)
    return SessionSecrets(state, request.session, names)
