"""Ids of rows and events: UUIDv7, so that what is made later sorts later (RFC 9562, 5.7)."""

from __future__ import annotations

import secrets
import time
from typing import Final
from uuid import UUID

MICROSECOND: Final = 1000  # in nanoseconds, and a millisecond in microseconds
FRACTIONS: Final = 4096
VERSION_BITS: Final = 16
VERSION: Final = 0x7000
VARIANT: Final = 0b10
RANDOM_BITS: Final = 62


def new_id() -> UUID:
    """Make an id of now, as storage.new_id() does in SQL: the time to the microsecond."""
    milliseconds, micros = divmod(time.time_ns() // MICROSECOND, MICROSECOND)
    moment = milliseconds << VERSION_BITS | VERSION | micros * FRACTIONS // MICROSECOND
    return UUID(int=(moment << 2 | VARIANT) << RANDOM_BITS | secrets.randbits(RANDOM_BITS))
