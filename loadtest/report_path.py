"""Where reports are kept, and what they are called."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from loadtest.stack import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

REPORTS: Final = PROJECT / "reports"


def report_path(kind: str, ending: str) -> Path:
    """Name a report of this moment: reports/soak-20260102-030405.json; make the folder."""
    REPORTS.mkdir(exist_ok=True)
    return REPORTS / f"{kind}-{datetime.now(UTC):%Y%m%d-%H%M%S}.{ending}"
