"""A chart of lines over the number of people, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import repeat
from typing import Final, TypeAlias

# How many people, and what was measured then.
Points: TypeAlias = Sequence[tuple[float, float]]
Lines: TypeAlias = Mapping[str, Points]

WIDTH: Final = 640
HEIGHT: Final = 240
LEFT: Final = 60
BOTTOM: Final = 30
COLOURS: Final = ("#4f46e5", "#0d9488", "#d97706", "#dc2626", "#7c3aed", "#0284c7", "#65a30d")


@dataclass(frozen=True, slots=True)
class Scale:
    """The greatest number of people, and the greatest value."""

    people: float
    value: float

    def place(self, people: float, value: float) -> str:
        """Where a point is drawn."""
        across = LEFT + people / self.people * (WIDTH - LEFT)
        up = value / self.value * (HEIGHT - 2 * BOTTOM)
        return f"{across:.1f},{HEIGHT - BOTTOM - up:.1f}"


def draw(title: str, lines: Lines) -> str:
    """Draw all lines to one scale, with a key below; a sentence when there is no point."""
    points = [point for line in lines.values() for point in line]
    if not points:
        return f"<p>{escape(title)}: too little was seen to tell.</p>"
    people, values = zip(*points, strict=True)
    scale = Scale(max(people) or 1, max(values) or 1)
    colours = [COLOURS[index % len(COLOURS)] for index in range(len(lines))]
    drawn = "".join(map(_line, lines.values(), colours, repeat(scale)))
    key = "".join(map(_entry, lines, colours))
    return (
        f"<figure><figcaption>{escape(title)}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{drawn}'
        f'<text x="0" y="{BOTTOM}">{scale.value:,.4g}</text>'
        f'<text x="0" y="{HEIGHT - BOTTOM}">0</text>'
        f'<text x="{WIDTH - 90}" y="{HEIGHT - 8}">{scale.people:,.0f} people</text></svg>'
        f"<ul>{key}</ul></figure>"
    )


def _line(points: Points, colour: str, scale: Scale) -> str:
    places = " ".join(scale.place(*point) for point in points)
    return f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{places}"/>'


def _entry(name: str, colour: str) -> str:
    return f'<li><span style="background:{colour}"></span>{escape(name)}</li>'
