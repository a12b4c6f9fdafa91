"""Posts events to the webhook: in the background, a few tries, a bounded queue.

Those that had to wait go together, as records of one event document.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    Event = Mapping[str, Any]

QUEUE_SIZE = 10_000
SENDERS = 4
MOST_AT_ONCE = 20
TRY_SECONDS = 5
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 0.0)

log = logging.getLogger(__name__)


class Hook:
    """Events on their way to `url`; one that finds no room or no ear is dropped, and said so."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._queue: asyncio.Queue[Event] = asyncio.Queue(QUEUE_SIZE)

    def post(self, event: Event) -> None:
        """Queue an event; returns at once."""
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            log.warning("dropped %s: too many events wait", event["Key"])

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        """Send what is queued while the block runs."""
        timeout = aiohttp.ClientTimeout(total=TRY_SECONDS)
        async with aiohttp.ClientSession(headers=self._headers, timeout=timeout) as session:
            senders = [asyncio.create_task(self._send_all(session)) for _ in range(SENDERS)]
            try:
                yield
            finally:
                for sender in senders:
                    sender.cancel()
                with suppress(asyncio.CancelledError):
                    await asyncio.gather(*senders)

    async def _send_all(self, session: aiohttp.ClientSession) -> None:
        while True:
            events = [await self._queue.get()]
            while len(events) < MOST_AT_ONCE and not self._queue.empty():
                events.append(self._queue.get_nowait())
            if not await self._deliver(session, _together(events)):
                for event in events:
                    log.warning("dropped %s: the webhook did not take it", event["Key"])

    async def _deliver(self, session: aiohttp.ClientSession, event: Event) -> bool:
        for pause in PAUSES:
            if await self._try(session, event):
                return True
            await asyncio.sleep(pause)
        return False

    async def _try(self, session: aiohttp.ClientSession, event: Event) -> bool:
        try:
            async with session.post(self._url, json=event) as answer:
                return answer.ok
        except (aiohttp.ClientError, TimeoutError):
            return False


def _together(events: Sequence[Event]) -> Event:
    """One document of several; what MinIO adds to it tells of one record only."""
    if len(events) == 1:
        return events[0]
    return {"Records": [record for event in events for record in event["Records"]]}
