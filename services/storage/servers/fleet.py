"""The servers as this process sees them: their rows, who answers, who is busy."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from services.storage.servers.nearest import Condition, Ranked, rank
from shared.catalog.servers import list_servers
from shared.errors import STORE_UNAVAILABLE, MeridianError
from shared.stores.errors import StoreError
from shared.vault import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from shared.catalog.servers import Server
    from shared.db import Pool
    from shared.geo import Place
    from shared.stores.store import Store
    from shared.stores.stores import Stores

log = structlog.get_logger(__name__)

PROBE_KEY = "meridian-probe"
PROBE_EVERY_SECONDS = 1.0
PROBE_TIMEOUT_SECONDS = 2.0
LOAD_WINDOW_SECONDS = 60.0
RETRY_SECONDS = 2


class Fleet:
    """Follows the servers: reads their rows and asks each for an object every second."""

    def __init__(self, pool: Pool, stores: Stores) -> None:
        self.stores = stores
        self._pool = pool
        self._servers: dict[UUID, Server] = {}
        self._silent: set[UUID] = set()
        self._links: defaultdict[UUID, deque[float]] = defaultdict(deque)
        self._on_change: Callable[[Server], None] | None = None

    def call_on_change(self, on_change: Callable[[Server], None]) -> None:
        """Say who is told when a server's state changes."""
        self._on_change = on_change

    def servers(self) -> list[Server]:
        """All servers by name, also those switched off."""
        return list(self._servers.values())

    def find_server(self, server_id: UUID) -> Server | None:
        """One server by id."""
        return self._servers.get(server_id)

    def find_by_name(self, name: str) -> Server | None:
        """One server by name."""
        return next((server for server in self.servers() if server.name == name), None)

    def state(self, server: Server) -> str:
        """What users are told: up, down (does not answer), off or inactive (by the operator)."""
        if not server.is_on:
            return "off"
        if server.id in self._silent:
            return "down"
        return "up" if server.is_active else "inactive"

    def rank(self, place: Place, servers: Iterable[Server]) -> list[Ranked]:
        """Order servers that are switched on, best first, those that do not answer last."""
        return rank(place, [server for server in servers if server.is_on], self._condition)

    def choose(self, place: Place, servers: Iterable[Server]) -> list[Ranked]:
        """Like rank, without the servers that do not answer; counts as a link for the best."""
        healthy = [ranked for ranked in self.rank(place, servers) if ranked.is_healthy]
        if healthy:
            self._links[healthy[0].server.id].append(asyncio.get_running_loop().time())
        return healthy

    async def refresh(self) -> None:
        """Read the rows again and ask every server that is on whether it answers."""
        before = {server.id: self.state(server) for server in self.servers()}
        rows = await list_servers(self._pool)
        # Nobody may be sent to a server that nothing can be signed for, not even until it is asked.
        self._silent |= {server.id for server in rows if _is_locked(self.stores, server)}
        self._servers = {server.id: server for server in rows}
        await asyncio.gather(*(self._probe(server) for server in rows if server.is_on))
        for server in rows:
            if before.get(server.id, "up") != self.state(server):
                log.info("server_changed", server=server.name, state=self.state(server))
                if self._on_change is not None:
                    self._on_change(server)

    async def follow(self) -> None:
        """Refresh for ever; a database that is away leaves the last known rows in force."""
        while True:
            try:
                await self.refresh()
            except Exception as error:  # noqa: BLE001 the follower outlives every outage
                log.warning("fleet_refresh_failed", error=repr(error))
            await asyncio.sleep(PROBE_EVERY_SECONDS)

    async def _probe(self, server: Server) -> None:
        answers = False
        with suppress(StoreError, TimeoutError, VaultError):
            async with asyncio.timeout(PROBE_TIMEOUT_SECONDS):
                await self.stores.of(server).head(PROBE_KEY)
                answers = True
        if answers:
            self._silent.discard(server.id)
        else:
            self._silent.add(server.id)

    def _condition(self, server: Server) -> Condition:
        links = self._links[server.id]
        oldest = asyncio.get_running_loop().time() - LOAD_WINDOW_SECONDS
        while links and links[0] < oldest:
            links.popleft()
        return Condition(is_healthy=server.id not in self._silent, recent_links=len(links))


def open_store(fleet: Fleet, server_id: UUID) -> Store:
    """Open the store of a server; STORE_UNAVAILABLE when it is unknown or its secret is."""
    server = fleet.find_server(server_id)
    if server is not None:
        with suppress(VaultError):
            return fleet.stores.of(server)
    raise MeridianError(STORE_UNAVAILABLE, retry_after=RETRY_SECONDS)


def _is_locked(stores: Stores, server: Server) -> bool:
    """Whether its secret was sealed with a key that is not configured."""
    try:
        stores.of(server)
    except VaultError:
        return True
    return False
