"""What must hold while people are there; a trial that breaks one of these is too much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from loadtest.options import AT_THE_END

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loadtest.report import Report, Row

ALL: Final = "all together"
COPIES: Final = "copies in all cities"
LOGIN: Final = "log in"
TRANSFERS: Final = "S3:"
# Fewer say nothing about the slowest twentieth.
FEWEST: Final = 20
P95: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Promises:
    """`p95_ms` of every call of the API, `login_ms` and `copies_ms` of what takes longer by itself.

    `failures`: the share of requests that may fail.
    """

    p95_ms: float = 200
    login_ms: float = 1000
    copies_ms: float = 5000
    failures: float = 0.001

    def bound(self, row: Row) -> float | None:
        """How long an operation may take; None: as long as it needs.

        Disk and network bound a transfer; and people do not leave all in the same moment.
        """
        if row.name.startswith(TRANSFERS) or row.name in {ALL, AT_THE_END}:
            return None
        return {LOGIN: self.login_ms, COPIES: self.copies_ms}.get(row.name, self.p95_ms)

    def broken_by(self, report: Report) -> Sequence[str]:
        """Which promises a trial broke, in words; the worst first."""
        late = sorted(filter(None, map(self._lateness, report.rows)), reverse=True)
        return [*self._too_many_failures(report), *(words for _, words in late)]

    def _lateness(self, row: Row) -> tuple[float, str] | None:
        """By what an operation took too long, and how to say it."""
        bound, took = self.bound(row), row.percentiles[P95]
        if bound is None or row.requests < FEWEST or took <= bound:
            return None
        return took / bound, f"“{row.name}” took {took:.0f} ms (p95) instead of {bound:.0f}"

    def _too_many_failures(self, report: Report) -> list[str]:
        whole = report.rows[-1]
        failed = whole.failures / max(whole.requests, 1)
        if failed <= self.failures:
            return []
        return [f"{failed:.2%} of requests failed, most with: {report.failures[0].error}"]
