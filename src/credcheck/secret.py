"""A value that does not show itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@final
class Secret:
    """Holds one value; only :meth:`reveal` gives it back.

    Nothing else does: ``repr``, ``str``, ``format``, ``vars``, ``json``, ``pickle``, ``copy`` and
    ``dataclasses.asdict`` show the mask or refuse. Two secrets are compared by :meth:`same_as`.
    """

    # a function and not the value: what lists an object's members shows a debugger no more
    __slots__ = ("__get",)

    def __init__(self, value: str) -> None:
        def get() -> str:
            return value

        self.__get = get

    def reveal(self) -> str:
        """Give the value, for the place that uses it."""
        return self.__get()

    def same_as(self, other: Secret) -> bool:
        """Tell whether both hold the same value."""
        return self.__get() == other.__get()

    def is_blank(self) -> bool:
        """Tell whether there is nothing but white space in it."""
        return not self.__get().strip()

    def __repr__(self) -> str:
        return "Secret([REDACTED])"

    def __str__(self) -> str:
        return "[REDACTED]"

    def __format__(self, spec: str) -> str:
        return "[REDACTED]"

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        message = "a Secret cannot be pickled: its value must not leave the process"
        raise TypeError(message)


# ── what this process knows ───────────────────────────────────────────────────────────────────

# Whoever scrubs the process's output reads this. It only grows: a value that was rotated or revoked
# may still be printed.
_known: list[tuple[str, Secret]] = []
_listeners: list[Callable[[str, Secret], None]] = []


def remember(name: str, secret: Secret) -> None:
    """Note a secret that was resolved or told; who listens knows it when this returns."""
    if secret.is_blank():
        return
    _known.append((name, secret))
    for listener in tuple(_listeners):
        listener(name, secret)


def known_secrets() -> tuple[tuple[str, Secret], ...]:
    """Give everything that was noted so far, by name."""
    return tuple(_known)


def noted() -> Sequence[tuple[str, Secret]]:
    """Give the same as a row that grows, for who follows it by position; not to be walked."""
    return _known


def listen(listener: Callable[[str, Secret], None]) -> Callable[[], None]:
    """Call a function for every secret from now on; gives a function that ends it."""
    _listeners.append(listener)
    return lambda: _listeners.remove(listener)
