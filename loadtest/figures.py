"""The figures of a run, handed from Locust's process to ours as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from locust.stats import StatsEntry

from loadtest.options import chosen_options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from locust.env import Environment
    from locust.stats import RequestStats

PERCENTILES = (0.5, 0.95, 0.99)
# The method of what is no request, but the time that passed during many.
WAIT = "WAIT"


def write_figures(environment: Environment, **_: Any) -> None:
    """Write what every operation took (milliseconds), all requests together, and what failed."""
    stats = environment.stats
    entries = [stats.entries[key] for key in sorted(stats.entries)]
    content = {
        "operations": [
            *(_show(entry, entry.name) for entry in entries),
            _show(_together(stats, entries), "all together"),
        ],
        "failures": [
            {
                "name": failure.name,
                "error": failure.parse_error(failure.error),
                "occurrences": failure.occurrences,
            }
            for failure in stats.errors.values()
        ],
    }
    path = Path(chosen_options(environment).figures)
    path.write_text(json.dumps(content), encoding="utf-8")


def _together(stats: RequestStats, entries: Iterable[StatsEntry]) -> StatsEntry:
    """Locust's own total counts a wait beside the requests that were made meanwhile."""
    whole = StatsEntry(stats, "", "")
    for entry in entries:
        if entry.method != WAIT:
            whole.extend(entry)
    return whole


def _show(entry: StatsEntry, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "requests": entry.num_requests,
        "failures": entry.num_failures,
        "per_second": entry.total_rps,
        "percentiles": [entry.get_response_time_percentile(part) for part in PERCENTILES],
    }
