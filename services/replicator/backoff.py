"""How long to wait before the next attempt: twice as long each time, never in step with others."""

from __future__ import annotations

import random

BASE = 2.0
# Beyond it a power of two is longer than any wait, and at last no float.
LARGEST_EXPONENT = 16
JITTER = (0.75, 1.25)


def backoff(exponent: int, longest_seconds: float) -> float:
    """Seconds: two to the power of `exponent`, at most `longest_seconds`, a quarter either way."""
    seconds = min(longest_seconds, BASE ** min(exponent, LARGEST_EXPONENT))
    return seconds * random.uniform(*JITTER)  # noqa: S311
