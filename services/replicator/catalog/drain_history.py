"""What is told of drains from the command line: the history of the whole, and everybody's page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from shared.catalog.outbox import insert_events
from shared.events import ServerChanged

if TYPE_CHECKING:
    from shared.catalog.servers import Server
    from shared.db import Connection

NOTE_DRAIN: Final = """
INSERT INTO storage.actions (owner_id, event, object_id, data)
VALUES ('00000000-0000-0000-0000-000000000000', 'SERVER.DRAIN', $1,
    jsonb_build_object('name', $2::text, 'drain', $3::text, 'by', 'command line'))
"""


async def note_drain(db: Connection, server: Server, *, is_draining: bool) -> None:
    """Say, in the transaction of the change, that a drain was started or stopped."""
    what = "started" if is_draining else "stopped"
    await db.execute(NOTE_DRAIN, server.id, server.name, what)
    state = replace(server, is_draining=is_draining).state
    await insert_events(db, [ServerChanged(server_id=server.id, state=state)])
