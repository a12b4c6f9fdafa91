"""What Locust is told beside its own options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from loadtest.shapes import SHAPES

if TYPE_CHECKING:
    from locust.argument_parser import LocustArgumentParser
    from locust.env import Environment

HURRY_SECONDS = 1.25
# The name of the big folder.
LIBRARY = "library"
# The row of those who log out because the test is over, all of them in one moment.
AT_THE_END = "log out at the end"


@dataclass(frozen=True, slots=True)
class Options:
    """How a run shall go; `spawn_rate` in people a second, `think` in seconds from act to act.

    What was asked in the first `count_from` seconds is no part of the figures.
    `is_live`: everybody has a page open. `has_library`: their accounts have a big folder.
    """

    users: int
    spawn_rate: float
    seconds: float
    count_from: float
    shape: str
    think: float
    is_live: bool
    has_library: bool
    accounts: str
    figures: str


def add_options(parser: LocustArgumentParser, **_: Any) -> None:
    """Add our own options to those of Locust."""
    parser.add_argument("--seconds", type=float, default=60, help="how long it runs")
    parser.add_argument("--count-from", type=float, default=0, help="seconds to be left out")
    parser.add_argument("--shape", choices=sorted(SHAPES), default="steady")
    parser.add_argument("--think", type=float, default=HURRY_SECONDS, help="seconds between acts")
    parser.add_argument("--live", action="store_true", help="everybody keeps a page open")
    parser.add_argument("--library", action="store_true", help="accounts have a big folder")
    parser.add_argument("--accounts", required=True, help="file with the accounts to sign in to")
    parser.add_argument("--figures", required=True, help="file for the figures of the run")


def chosen_options(environment: Environment) -> Options:
    """What was chosen on the command line."""
    parsed: Any = environment.parsed_options
    return Options(
        users=parsed.num_users,
        spawn_rate=parsed.spawn_rate,
        seconds=parsed.seconds,
        count_from=parsed.count_from,
        shape=parsed.shape,
        think=parsed.think,
        is_live=parsed.live,
        has_library=parsed.library,
        accounts=parsed.accounts,
        figures=parsed.figures,
    )
