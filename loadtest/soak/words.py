"""What came of people who stayed for long, as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from loadtest.capacity.promises import COPIES
from loadtest.report import make_table
from loadtest.soak.growth import SPARE, restarted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loadtest.capacity.trial import Trial
    from loadtest.report import Row
    from loadtest.soak.growth import Growth

P99: Final = 2


def make_report(trial: Trial, growths: Sequence[Growth]) -> str:
    """What failed, how far copies were behind, what was held early and late, every operation."""
    grown = [_grown(one) for one in growths if not one.is_flat]
    behind = [_behind(row) for row in trial.report.rows if row.name == COPIES]
    return "\n\n".join(
        (
            f"# {trial.people:,} people stayed",
            f"Requests: {trial.whole.requests:,}, failed: {trial.whole.failures:,}.",
            *behind,
            *(f"{name} ended, or was started again." for name in restarted(trial.samples)),
            "\n".join(_table(growths)),
            "\n".join(grown) or "Nothing grew.",
            make_table(trial.report.rows),
        )
    )


def _behind(row: Row) -> str:
    return f"Copies in all cities: p99 {row.percentiles[P99]:,.0f} ms."


def _grown(growth: Growth) -> str:
    return f"{growth.process} grew: {growth.early:,.0f} → {growth.late:,.0f} {growth.unit}."


def _table(growths: Sequence[Growth]) -> Iterator[str]:
    yield f"| process | {' | '.join(f'{unit}, early | late' for unit in SPARE)} |"
    yield f"|---|{'---:|' * 2 * len(SPARE)}"
    for process in dict.fromkeys(one.process for one in growths):
        held = [one for one in growths if one.process == process]
        yield f"| {process} | {' | '.join(f'{one.early:,.0f} | {one.late:,.0f}' for one in held)} |"
