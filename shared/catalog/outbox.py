"""Events of files and servers, committed with the change they tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.events import FileDeleted, encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.db import Connection
    from shared.events import Event

INSERT_EVENTS: Final = """
INSERT INTO storage.outbox (event, is_bulk) SELECT * FROM unnest($1::jsonb[], $2::boolean[])
"""


async def insert_events(db: Connection, events: Sequence[Event]) -> None:
    """Add events inside the caller's transaction; deletions may wait, they come in thousands."""
    is_bulk = [isinstance(event, FileDeleted) for event in events]
    await db.execute(INSERT_EVENTS, [encode(event) for event in events], is_bulk)
