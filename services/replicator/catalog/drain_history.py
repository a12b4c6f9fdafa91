"""What the history of the whole says of drains from the command line, where nobody signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shared.catalog.servers import Server
    from shared.db import Connection

NOTE_DRAIN: Final = """
INSERT INTO storage.actions (owner_id, event, object_id, data)
VALUES ('00000000-0000-0000-0000-000000000000', 'SERVER.DRAIN', $1,
    jsonb_build_object('name', $2::text, 'drain', $3::text, 'by', 'command line'))
"""


async def note_drain(db: Connection, server: Server, what: str) -> None:
    """Say that a drain was started or stopped."""
    await db.execute(NOTE_DRAIN, server.id, server.name, what)
