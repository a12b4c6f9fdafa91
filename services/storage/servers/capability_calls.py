"""The requests of a probe: presigned as for a client, sent to the address our services use."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from shared.signer import NOTHING
from shared.stores.wire import Wire, read_short

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    import aiohttp

    from shared.catalog.servers import Server
    from shared.stores.store import Store
    from shared.stores.stores import Stores

BODY = b"meridian"
PREFIX = "meridian-probe/"
URL_SECONDS = 60
SILENCE_SECONDS = 10


class ProbeCalls:
    """Keys of the probe, and requests about them; StoreError when the server says no."""

    def __init__(self, stores: Stores, server: Server) -> None:
        self._stores = stores
        # Its public address may lead nowhere from here.
        self._server = replace(server, public_endpoint=server.endpoint)
        self._wire = Wire(stores.rules)
        self._keys: list[str] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._wire.close()

    def new_key(self) -> str:
        """Make a key that was never used; `clear` erases its object."""
        self._keys.append(f"{PREFIX}{uuid4().hex}")
        return self._keys[-1]

    async def put(
        self,
        key: str,
        body: bytes,
        headers: Mapping[str, str] = NOTHING,
        *,
        length: int | None = None,
    ) -> None:
        """PUT a body with signed headers; `length` is what is signed of it."""
        signed = {**headers, "Content-Length": str(len(body) if length is None else length)}
        url = self._sign("PUT", key, signed)
        answer = await self._wire.send(
            "PUT", url, silence_seconds=SILENCE_SECONDS, body=body, headers=headers
        )
        answer.close()

    async def get(self, key: str) -> bytes:
        """GET an object."""
        async with await self.ask("GET", key) as answer:
            return await read_short(answer)

    async def ask(
        self, method: str, key: str, *, headers: Mapping[str, str] = NOTHING
    ) -> aiohttp.ClientResponse:
        """Send a request without a body, with headers that are not signed."""
        url = self._sign(method, key, NOTHING)
        return await self._wire.send(method, url, silence_seconds=SILENCE_SECONDS, headers=headers)

    async def clock_skew(self) -> int | None:
        """Seconds that the server's clock is ahead of ours, as far as an answer tells; or None."""
        key = self.new_key()
        await self.put(key, b"")
        async with await self.ask("GET", key) as answer:
            return _skew(answer.headers.get("Date", ""))

    async def clear(self, store: Store) -> None:
        """Erase every object that the probe may have made."""
        for key in self._keys:
            await store.delete(key)

    def _sign(self, method: str, key: str, signed: Mapping[str, str]) -> str:
        return self._stores.presign(self._server, method, key, URL_SECONDS, signed_headers=signed)


def _skew(date: str) -> int | None:
    """Seconds between the Date of an answer, which is cut down to whole ones, and now."""
    try:
        middle = parsedate_to_datetime(date) + timedelta(seconds=0.5)
        return round((middle - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        # No date at all, or one of no zone.
        return None
