"""The account of this service: signed in, and signed in again well before its token ends.

While accounts are away the token it has goes on: storage verifies it without them.
"""

from __future__ import annotations

import asyncio
from math import ldexp
from time import monotonic
from typing import TYPE_CHECKING, Final

import structlog

from examples.movies.errors import STORAGE_UNAVAILABLE
from shared.errors import MeridianError
from shared.outbound import OutboundError, ask

if TYPE_CHECKING:
    import aiohttp

    from shared.outbound import Answer

RETRY_SECONDS: Final = 1
SHORTEST_SECONDS: Final = 1.0
DOUBLINGS: Final = 6
OK: Final = 200

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Account:
    """Keeps an access token of one account; `auth_url` ends with `/auth/api/v1`."""

    def __init__(
        self, session: aiohttp.ClientSession, auth_url: str, username: str, password: str
    ) -> None:
        self._session = session
        self._auth_url = auth_url
        self._sign_in = {"username": username, "password": password}
        self._token = self._refresh_token = ""
        self._ends_at = 0.0
        self._refusals = 0
        self._wanted = asyncio.Event()

    def token(self) -> str:
        """The token; STORAGE_UNAVAILABLE when there is none, or it has ended."""
        if not self._token or monotonic() >= self._ends_at:
            detail = "This service could not sign in."
            raise MeridianError(STORAGE_UNAVAILABLE, detail, retry_after=RETRY_SECONDS)
        return self._token

    def drop(self) -> None:
        """Sign in at once: the token was refused."""
        self._wanted.set()

    async def keep(self) -> None:
        """Keep signed in for ever, by refreshing at half the life of the token."""
        while True:
            wait = await self._renew()
            if self._refusals:
                await asyncio.sleep(wait)
                continue
            try:
                async with asyncio.timeout(wait):
                    await self._wanted.wait()
            except TimeoutError:
                continue
            self._refresh_token = ""
            self._wanted.clear()

    async def _renew(self) -> float:
        """Renew the token, and tell when to do it again."""
        try:
            answer = await self._ask()
        except OutboundError as error:
            log.warning("account.unavailable", error=repr(error))
            return SHORTEST_SECONDS
        if answer.status != OK:
            log.warning("account.refused", status=answer.status)
            self._refresh_token = ""
            self._refusals += 1
            told = answer.body if isinstance(answer.body, dict) else {}
            return pause_after(self._refusals, told.get("retry_after_seconds"))
        self._refusals = 0
        seconds = float(answer.body["expires_in"])
        self._token = answer.body["access_token"]
        self._refresh_token = answer.body["refresh_token"]
        self._ends_at = monotonic() + seconds
        return max(SHORTEST_SECONDS, seconds / 2)

    async def _ask(self) -> Answer:
        if self._refresh_token:
            payload = {"refresh_token": self._refresh_token}
            return await ask(self._session, "POST", f"{self._auth_url}/refresh", payload=payload)
        return await ask(self._session, "POST", f"{self._auth_url}/login", payload=self._sign_in)


def pause_after(refusals: int, asked: float | None) -> float:
    """Tell for how many seconds to leave accounts alone after so many refusals in a row.

    Guessing is slowed down there, and somebody whose account is not there yet looks like a guesser.
    """
    return max(asked or 0.0, ldexp(SHORTEST_SECONDS, min(refusals - 1, DOUBLINGS)))
