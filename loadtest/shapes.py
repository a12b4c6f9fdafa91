"""How many people there are as a run goes on: pure functions of time."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, pi, sin

Shape = Callable[[float, int], int]

STEPS = 4
SPIKE_BEGINS = 0.4
SPIKE_ENDS = 0.6
BASE_SHARE = 0.25


def steady(_done: float, users: int) -> int:
    """Everybody from the beginning to the end."""
    return users


def steps(done: float, users: int) -> int:
    """Four equal steps up: shows where answers begin to take longer."""
    return ceil(users * (int(done * STEPS) + 1) / STEPS)


def spike(done: float, users: int) -> int:
    """A quarter of the people, and all of them for a fifth of the time in the middle."""
    return users if SPIKE_BEGINS <= done < SPIKE_ENDS else ceil(users * BASE_SHARE)


def wave(done: float, users: int) -> int:
    """A day: few people, then all, then few again."""
    return ceil(users * max(BASE_SHARE, sin(pi * done)))


SHAPES: dict[str, Shape] = {"steady": steady, "steps": steps, "spike": spike, "wave": wave}


def people(shape: str, elapsed: float, seconds: float, users: int) -> int | None:
    """How many people there shall be `elapsed` seconds after the start; None at the end."""
    if elapsed >= seconds:
        return None
    return min(users, max(1, SHAPES[shape](elapsed / seconds, users)))
