"""The short report: one line an operation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEADS = ("operation", "requests", "failed", "per second", "p50 ms", "p95 ms", "p99 ms")


@dataclass(frozen=True, slots=True)
class Row:
    """One operation, or all together; percentiles 50, 95 and 99 in milliseconds."""

    name: str
    requests: int
    failures: int
    per_second: float
    percentiles: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which an operation failed, and how often."""

    name: str
    error: str
    occurrences: int


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run; the last row holds all operations together."""

    rows: list[Row]
    failures: list[Failure]


def read_report(path: Path) -> Report:
    """Read the figures of a run, the most frequent failure first."""
    content = json.loads(path.read_text(encoding="utf-8"))
    failures = [Failure(**failure) for failure in content["failures"]]
    failures.sort(key=lambda failure: -failure.occurrences)
    return Report([Row(**row) for row in content["operations"]], failures)


def make_table(rows: list[Row]) -> str:
    """Lay the rows out for a terminal."""
    lines = [HEADS, *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_line(cells, widths) for cells in lines)


def _cells(row: Row) -> tuple[str, ...]:
    numbers = (str(row.requests), str(row.failures), f"{row.per_second:.1f}")
    return (row.name, *numbers, *(str(round(time)) for time in row.percentiles))


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    name, *numbers = cells
    right = (cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=True))
    return "  ".join((name.ljust(widths[0]), *right))
