"""Runs Locust as a process of its own: it patches the standard library."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from loadtest.options import HURRY_SECONDS
from loadtest.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loadtest.stack import Stack

LOCUSTFILE = PROJECT / "loadtest" / "locustfile.py"
STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """How many people, how fast they come (a second), for how long, and what they are like.

    `think`: seconds from act to act. `flags` of the locustfile. `who`: a class of `scenarios`.
    """

    users: int
    spawn_rate: float
    seconds: float
    shape: str = "steady"
    think: float = HURRY_SECONDS
    flags: tuple[str, ...] = ()
    who: str = "Person"


def run_locust(stack: Stack, plan: Plan, accounts: str, figures: Path, html: Path) -> None:
    """Carry a plan out; its figures are then in `figures`, Locust's own report in `html`."""
    with started_locust(stack, plan, accounts, figures, html) as process:
        process.wait()


@contextmanager
def started_locust(
    stack: Stack, plan: Plan, accounts: str, figures: Path, html: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Begin to carry a plan out; whatever is left of it ends with the block."""
    arguments = {
        "--locustfile": LOCUSTFILE,
        "--host": stack.address,
        "--users": plan.users,
        "--spawn-rate": plan.spawn_rate,
        "--seconds": plan.seconds,
        "--shape": plan.shape,
        "--think": plan.think,
        "--accounts": accounts,
        "--html": html,
        "--figures": figures,
        # Without it Locust prints tables of its own.
        "--json-file": figures.with_suffix(".locust"),
        "--stop-timeout": STOP_SECONDS,
        "--loglevel": "WARNING",
    }
    words = [str(word) for pair in arguments.items() for word in pair]
    process = subprocess.Popen(
        (
            sys.executable,
            "-m",
            "locust",
            "--headless",
            "--only-summary",
            *words,
            *plan.flags,
            plan.who,
        ),
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(STOP_SECONDS)
