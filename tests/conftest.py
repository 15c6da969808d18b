"""What holds for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from credcheck import secret

if TYPE_CHECKING:
    from collections.abc import Iterator

# a shared machine is no place to judge milliseconds; `bench/` does that, in ratios
settings.register_profile("credcheck", deadline=None)
settings.load_profile("credcheck")


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """A process remembers every secret to its end; a test is to know only its own."""
    kept, listeners = secret._known[:], secret._listeners[:]
    secret._known.clear()
    secret._listeners.clear()  # the run of these tests itself is not to learn them
    yield
    secret._known[:], secret._listeners[:] = kept, listeners
