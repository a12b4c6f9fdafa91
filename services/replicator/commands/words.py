"""Tables, bars and JSON: how commands say what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DIGITS: Final = 2
NOTHING: Final = "-"
BAR_LENGTH: Final = 30

Row: TypeAlias = dict[str, Any]


def as_table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Lay rows out in columns, under their names."""
    if not rows:
        return "nothing"
    lines = [list(rows[0]), *([_cell(cell) for cell in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def as_json(found: object) -> str:
    """Write what was found for programs."""
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode()


def as_bar(done: int, total: int) -> str:
    """Draw how much of something is done; of nothing, all is."""
    part = done / total if total else 1
    full = int(part * BAR_LENGTH)
    return f"{'#' * full}{'.' * (BAR_LENGTH - full)} {part:4.0%}"


def _cell(cell: Any) -> str:
    if cell is None:
        return NOTHING
    if isinstance(cell, float):
        return f"{cell:.{DIGITS}f}"
    return f"{cell:%Y-%m-%d %H:%M:%S}" if hasattr(cell, "strftime") else str(cell)
