"""How many people, in as few trials as it takes: up by leaps, then by halving what is open."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

CLOSE_ENOUGH: Final = 1.08


class Outcome(Protocol):
    """What a trial came to."""

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""


def find_most(attempt: Callable[[int], Outcome], first: int, most: int, leap: float = 2.0) -> int:
    """The most people that a trial held, within 8 %; 0 when not even one is held.

    `most` are never exceeded. Each number is tried once; while all is well, the next is `leap`
    times as many.
    """
    held, broken = 0, None
    people = min(first, most)
    while people:
        if attempt(people).holds:
            held = people
        else:
            broken = people
        people = _next(held, broken, most, leap)
    return held


def _next(held: int, broken: int | None, most: int, leap: float) -> int:
    """Whom to try next; 0: nobody."""
    if broken is None:
        return min(ceil(leap * held), most) if held < most else 0
    middle = (held + broken) // 2
    return middle if held < middle and broken > held * CLOSE_ENOUGH else 0
