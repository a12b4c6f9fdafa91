"""How far the clock of the auth service is ahead of ours: tokens begin by its and end by ours."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

import structlog
from prometheus_client import Gauge

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS: Final = Gauge(
    "meridian_clock_skew_seconds", "How far the clock of the auth service is ahead of ours"
)
# `Date` counts whole seconds, and an answer takes its time.
NOTHING: Final = 2.0
HALF_A_SECOND: Final = 0.5

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


def note_clock_skew(headers: Mapping[str, str], asked_at: float, answered_at: float) -> None:
    """Compare the `Date` of an answer (RFC 9110, 6.6.1) with our clock when it was given."""
    try:
        theirs = parsedate_to_datetime(headers["Date"]).timestamp() + HALF_A_SECOND
    except (LookupError, ValueError, TypeError):
        return
    skew = theirs - (asked_at + answered_at) / 2
    SECONDS.set(skew)
    if abs(skew) > NOTHING:
        log.warning("clock.skew", seconds=round(skew, 1))
