"""What Locust loads: the people, and how many of them there are when.

`python -m loadtest` runs it; by hand: `locust -f loadtest/locustfile.py --help`.
"""

from __future__ import annotations

import time

from locust import LoadTestShape, events

from loadtest.figures import write_figures
from loadtest.options import add_options, chosen_options
from loadtest.scenarios.person import Person
from loadtest.scenarios.sharer import Sharer
from loadtest.shapes import people

__all__ = ("People", "Person", "Sharer")


events.init_command_line_parser.add_listener(add_options)  # type: ignore[no-untyped-call]
events.quitting.add_listener(write_figures)  # type: ignore[no-untyped-call]


class People(LoadTestShape):
    """Follows the chosen shape until its time is over."""

    use_common_options = True

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._is_counting = False

    def tick(self) -> tuple[int, float] | None:
        """How many people there shall be now, and how fast they come."""
        if self.runner is None:
            return None
        chosen = chosen_options(self.runner.environment)
        elapsed = time.perf_counter() - self.start_time
        if not self._is_counting and elapsed >= chosen.count_from:
            self._is_counting = True
            self.runner.stats.reset_all()
        count = people(chosen.shape, elapsed, chosen.seconds, chosen.users)
        return None if count is None else (count, chosen.spawn_rate)
