"""A value that does not show itself."""

from __future__ import annotations

from typing import Any, NoReturn, final


@final
class Secret:
    """Holds one value; only :meth:`reveal` gives it back.

    Nothing else does: ``repr``, ``str``, ``format``, ``vars``, ``json``, ``pickle``, ``copy`` and
    ``dataclasses.asdict`` show the mask or refuse. Two secrets are compared by :meth:`same_as`.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """Give the value, for the place that uses it."""
        return self.__value

    def same_as(self, other: Secret) -> bool:
        """Tell whether both hold the same value."""
        return self.__value == other.__value

    def is_blank(self) -> bool:
        """Tell whether there is nothing but white space in it."""
        return not self.__value.strip()

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
