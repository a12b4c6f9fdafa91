"""The support table of docs/storage-servers.md: `python -m tests.contract.s3.table`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tests.contract.s3.support import FEATURES, GAPS, KINDS, REQUIRED, TITLES, UNSTEADY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROJECT = Path(__file__).parents[3]
RESULTS = PROJECT / "reports" / "s3"
PAGE = PROJECT / "docs" / "storage-servers.md"
BEGIN = "<!-- support table: make storage-table -->\n"
END = "<!-- end of support table -->\n"


def render(results: Mapping[str, Mapping[str, str]]) -> str:
    """Make a Markdown table; bold features are required of every server."""
    kinds = [kind for kind in KINDS if kind in results]
    lines = [
        _row(["", *(TITLES[kind] for kind in kinds)]),
        _row(["---"] * (len(kinds) + 1)),
    ]
    for feature, title in FEATURES.items():
        name = f"**{title}**" if feature in REQUIRED else title
        cells = [_cell(kind, feature, results[kind].get(feature)) for kind in kinds]
        lines.append(_row([name, *cells]))
    return "\n".join(lines)


def _cell(kind: str, feature: str, seen: str | None) -> str:
    if feature in UNSTEADY[kind]:
        return UNSTEADY[kind][feature]
    if seen == "yes":
        return "yes"
    if seen is None:
        return "not tried"
    return f"no: {GAPS[kind][feature]}" if feature in GAPS[kind] else "**no**"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Put the results of the last runs of all kinds into the page."""
    results = {}
    for kind in KINDS:
        path = RESULTS / f"{kind}.json"
        if path.exists():
            results[kind] = json.loads(path.read_text())
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n{render(results)}\n\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
