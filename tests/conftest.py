"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# a shared machine is no place to judge milliseconds; `bench/` does that, in ratios
settings.register_profile("credcheck", deadline=None)
settings.load_profile("credcheck")
