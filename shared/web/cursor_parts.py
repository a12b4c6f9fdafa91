"""Readers for the parts of a cursor. A cursor may be forged, so a wrong type is a ValueError."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

LARGEST_BIGINT: Final = 0x7FFFFFFFFFFFFFFF


def read_text(part: object) -> str:
    """Read text that PostgreSQL can take."""
    if not isinstance(part, str) or "\0" in part:
        raise ValueError("not a text")
    return part


def read_whole(part: object) -> int:
    """Read a whole number that fits a bigint."""
    if not isinstance(part, int) or isinstance(part, bool) or abs(part) > LARGEST_BIGINT:
        raise ValueError("not a whole number")
    return part


def read_moment(part: object) -> datetime:
    """Read a time with its zone, in UTC: the year 1 begins earlier than PostgreSQL can be told."""
    moment = datetime.fromisoformat(read_text(part))
    if moment.tzinfo is None:
        raise ValueError("not a moment")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("not a moment in UTC") from error
