"""Which other services answer: asked once a second, and said with every answer of ours."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from shared.outbound import OutboundError, ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

PAUSE_SECONDS: Final = 1.0
FIRST_FAULT: Final = 500
HEADER: Final = "X-Degraded"


class Watch:
    """Asks the others for something small."""

    def __init__(self, session: aiohttp.ClientSession, urls: Mapping[str, str]) -> None:
        self._session = session
        self._urls = urls
        self._away: set[str] = set()

    def note(self, service: str, *, answers: bool) -> None:
        """Note whether a service answers."""
        if answers:
            self._away.discard(service)
        else:
            self._away.add(service)

    def header(self) -> dict[str, str]:
        """What to say of services that are away; nothing when all are there."""
        return {HEADER: ", ".join(sorted(self._away))} if self._away else {}

    async def follow(self) -> None:
        """Ask for ever."""
        while True:
            await asyncio.gather(*(self._look(service) for service in self._urls))
            await asyncio.sleep(PAUSE_SECONDS)

    async def _look(self, service: str) -> None:
        try:
            answer = await ask(self._session, "GET", self._urls[service])
        except OutboundError:
            self.note(service, answers=False)
        else:
            self.note(service, answers=answer.status < FIRST_FAULT)
