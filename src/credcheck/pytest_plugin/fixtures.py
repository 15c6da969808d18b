"""The fixtures `secrets` and `session_secrets`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pytest

from credcheck.pytest_plugin.state import NAMES, state_of

if TYPE_CHECKING:
    from credcheck.pytest_plugin.state import State


class Secrets(Mapping[str, str]):
    """The values that a test may see: those that its marks and its suite name.

    Its ``repr`` shows names only. Iterating gives the names that are ready.
    """

    def __init__(self, state: State, session: pytest.Session, names: tuple[str, ...]) -> None:
        self._state = state
        self._session = session
        self._names = dict.fromkeys(names)

    def __getitem__(self, name: str) -> str:
        if name not in self._names:
            message = f'this test does not declare {name!r}; add the line @require_secret("{name}")'
            raise KeyError(message)
        return self._state.broker[name]

    def __iter__(self) -> Iterator[str]:
        return (n for n in self._names if self._state.broker.status(n).state == "ready")

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
        from credcheck.model import Need
        from credcheck.pytest_plugin.gating import reason_text, resolve_now

        broker = self._state.broker
        resolve_now(self._state, (name,))
        self._names[name] = None
        if self._state.refuse():
            self._state.refuse_now(self._session)
        if broker.status(name).state == "ready":
            return broker[name]
        decision = broker.decide("", Need(all_of=(name,)), strict=self._state.strict)
        self._state.decisions.append(decision)
        if decision.outcome == "fail":
            pytest.fail(reason_text(decision), pytrace=False)
        raise pytest.skip.Exception(reason_text(decision), _use_item_location=True)


class SessionSecrets(Secrets):
    """The same for fixtures of a wider scope: they see every declared secret."""

    def provide(self, name: str, value: str) -> None:
        """Hand in a credential that exists only at run time, such as a container's address.

        Args:
            name: the secret, declared with `provided-by`.
            value: its value; a production credential ends the whole run.
        """
        self._state.broker.provide(name, value)
        self._names[name] = None
        if self._state.refuse():
            self._state.refuse_now(self._session)


@pytest.fixture
def secrets(request: pytest.FixtureRequest) -> Secrets:
    """The credentials that this test declares, by name."""
    return Secrets(state_of(request.config), request.session, request.node.stash.get(NAMES, ()))


@pytest.fixture(scope="session")
def session_secrets(request: pytest.FixtureRequest) -> SessionSecrets:
    """The project's credentials, for fixtures of a wider scope than one test."""
    state = state_of(request.config)
    return SessionSecrets(state, request.session, tuple(state.broker.manifest.secrets))
