"""The short report: one line an operation, out of the figures Locust writes."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

HEADS = ("operation", "requests", "failed", "per second", "p50 ms", "p95 ms", "p99 ms")
MISSING = "–"


@dataclass(frozen=True, slots=True)
class Row:
    """One operation: times in milliseconds."""

    name: str
    requests: int
    failures: int
    per_second: float
    percentiles: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which an operation failed, and how often."""

    name: str
    error: str
    occurrences: int


def read_rows(path: Path) -> list[Row]:
    """Read the figures of all operations; the last row holds all together."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Row(
                name=" ".join(filter(None, (line["Type"], line["Name"]))),
                requests=int(line["Request Count"]),
                failures=int(line["Failure Count"]),
                per_second=float(line["Requests/s"]),
                percentiles=(_ms(line["50%"]), _ms(line["95%"]), _ms(line["99%"])),
            )
            for line in csv.DictReader(stream)
        ]


def read_failures(path: Path) -> list[Failure]:
    """Read what went wrong, the most frequent first."""
    with path.open(encoding="utf-8", newline="") as stream:
        found = [
            Failure(f"{line['Method']} {line['Name']}", line["Error"], int(line["Occurrences"]))
            for line in csv.DictReader(stream)
        ]
    return sorted(found, key=lambda failure: -failure.occurrences)


def make_table(rows: list[Row]) -> str:
    """Lay the rows out for a terminal."""
    lines = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if position else cell.ljust(width)
            for position, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )


def _cells(row: Row) -> tuple[str, ...]:
    numbers = (str(row.requests), str(row.failures), f"{row.per_second:.1f}")
    return (row.name, *numbers, *row.percentiles)


def _ms(text: str) -> str:
    return MISSING if text in {"", "N/A"} else str(round(float(text)))
