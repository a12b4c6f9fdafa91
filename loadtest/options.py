"""What Locust is told beside its own options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loadtest.shapes import SHAPES

if TYPE_CHECKING:
    from locust.argument_parser import LocustArgumentParser
    from locust.env import Environment


@dataclass(frozen=True, slots=True)
class Options:
    """How a run shall go; `spawn_rate` in people a second."""

    users: int
    spawn_rate: float
    seconds: float
    shape: str
    accounts: str
    figures: str


def add_options(parser: LocustArgumentParser, **_: Any) -> None:
    """Add our own options to those of Locust."""
    parser.add_argument("--seconds", type=float, default=60, help="how long it runs")
    parser.add_argument("--shape", choices=sorted(SHAPES), default="steady")
    parser.add_argument("--accounts", required=True, help="file with the accounts to sign in to")
    parser.add_argument("--figures", required=True, help="file for the figures of the run")


def chosen_options(environment: Environment) -> Options:
    """What was chosen on the command line."""
    parsed: Any = environment.parsed_options
    return Options(
        users=parsed.num_users,
        spawn_rate=parsed.spawn_rate,
        seconds=parsed.seconds,
        shape=parsed.shape,
        accounts=parsed.accounts,
        figures=parsed.figures,
    )
