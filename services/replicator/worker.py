"""What each event of the stream has done, and how an outage of PostgreSQL is sat out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from services.replicator.converge import converge
from services.replicator.retry import OutageWait
from shared.db_outage import DATABASE_ERRORS, is_database_away
from shared.events import (
    BadEvent,
    FileDeleted,
    FileStored,
    ServerChanged,
    decode,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from services.replicator.stream import Entry, Stream
    from services.replicator.workshop import Workshop
    from shared.events import Event

    Handler = Callable[[Workshop, Event], Awaitable[None]]

log = structlog.get_logger(__name__)


async def on_file(shop: Workshop, event: Event) -> None:
    """A version was stored or deleted."""
    if isinstance(event, (FileStored, FileDeleted)):
        await converge(shop, event.owner_id, event.version_id)


async def on_server_changed(shop: Workshop, event: Event) -> None:
    """A server that came back may have work waiting."""
    shop.wake(0)


HANDLERS: Mapping[type[Event], Handler] = {
    FileStored: on_file,
    FileDeleted: on_file,
    ServerChanged: on_server_changed,
}


class Worker:
    """Handles the entries of one consumer."""

    def __init__(self, shop: Workshop, stream: Stream) -> None:
        self._shop = shop
        self._stream = stream

    async def handle(self, entry: Entry) -> None:
        """Do what an entry asks for; what nobody understands is set aside."""
        try:
            event = decode(entry.fields)
        except BadEvent as error:
            log.error("bad_event", entry=entry.id, error=str(error))
            await self._stream.set_aside(entry, str(error))
            return
        handler = HANDLERS.get(type(event))
        if handler is None:
            # Of another age of this code. Passing it back would bring it again and again, and what
            # there is to do about it stands in PostgreSQL.
            log.info("event_skipped", entry=entry.id, type=event.type)
            return
        await self._outlive_database(handler, event)

    async def _outlive_database(self, handler: Handler, event: Event) -> None:
        patience = OutageWait("postgresql")
        while True:
            try:
                return await handler(self._shop, event)
            except DATABASE_ERRORS as error:
                if not is_database_away(error):
                    raise
                await patience.wait(error)
