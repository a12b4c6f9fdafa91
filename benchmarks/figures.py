"""Figures: ours, the raw limit of the same run, and their ratio; as a table and as JSON."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEADS = ("what", "ours", "raw limit", "ratio", "p50 ms", "p99 ms", "cpu ms", "the raw limit is")
NOTHING = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What the machine does without us."""

    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measurement; `cpu_ms` is processor time a request of services and database."""

    name: str
    value: float
    unit: str
    limit: Limit | None = None
    more_is_better: bool = True
    p50: float | None = None
    p99: float | None = None
    cpu_ms: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours against the limit: 1 is as good as the machine allows."""
        if self.limit is None or not self.value or not self.limit.value:
            return None
        ratio = self.value / self.limit.value
        return ratio if self.more_is_better else 1 / ratio


def make_table(figures: Iterable[Figure]) -> str:
    """Lay the figures out for a terminal."""
    return lay_out([HEADS, *(_cells(figure) for figure in figures)])


def lay_out(lines: Sequence[tuple[str, ...]]) -> str:
    """Make columns, the first one to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_line(cells, widths) for cells in lines)


def number(value: float | None) -> str:
    """Three digits that count."""
    if value is None:
        return NOTHING
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def write_json(path: Path, figures: Iterable[Figure]) -> None:
    """Write the figures with what is to know about the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "processor": _processor(),
            "cores": cpu_count(),
            "system": platform.platform(terse=True),
            "python": platform.python_version(),
        },
        "figures": [{**asdict(figure), "ratio": figure.ratio} for figure in figures],
    }
    path.write_text(f"{json.dumps(content, indent=2)}\n", encoding="utf-8")


def _cells(figure: Figure) -> tuple[str, ...]:
    limit = figure.limit
    values = f"{number(figure.value)} {figure.unit}", NOTHING
    if limit:
        values = values[0], f"{number(limit.value)} {figure.unit}"
    numbers = map(number, (figure.ratio, figure.p50, figure.p99, figure.cpu_ms))
    return (figure.name, *values, *numbers, limit.name if limit else "")


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *middle, last = zip(cells, widths, strict=True)
    right = (cell.rjust(width) for cell, width in middle)
    return "  ".join((first[0].ljust(first[1]), *right, last[0])).rstrip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return platform.machine()
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
