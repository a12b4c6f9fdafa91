"""How long the films service leaves accounts alone when they refuse it."""

from __future__ import annotations

import pytest

from examples.movies.family.account import pause_after


def test_it_asks_ever_more_rarely() -> None:
    pauses = [pause_after(refusals, None) for refusals in range(1, 2000)]
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 64


@pytest.mark.parametrize(("refusals", "asked", "pause"), [(1, 47, 47), (7, 47, 64)])
def test_it_waits_as_long_as_it_is_told(refusals: int, asked: float, pause: float) -> None:
    assert pause_after(refusals, asked) == pause
