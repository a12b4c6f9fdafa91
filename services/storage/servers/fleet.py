"""The servers as this process sees them: their rows, who answers, who is busy."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from services.storage.servers.nearest import Condition, Ranked, draw, rank
from services.storage.servers.recent_links import RecentLinks
from services.storage.servers.traffic import Traffic
from shared.catalog.placement import DEFAULT_RULE, is_open
from shared.catalog.policy import Policy
from shared.catalog.servers import list_servers
from shared.errors import STORE_UNAVAILABLE, MeridianError
from shared.vault import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from services.storage.servers.measures import Felt
    from shared.catalog.servers import Server
    from shared.db import Pool
    from shared.geo import Place
    from shared.stores.store import Store
    from shared.stores.stores import Stores

log = structlog.get_logger(__name__)

FIND_DEFAULT_RULE = f"SELECT {DEFAULT_RULE} AS default_rule"
REFRESH_SECONDS = 0.5
RETRY_SECONDS = 2


class Fleet:
    """Follows the servers by their rows, which the prober keeps up to date."""

    def __init__(self, pool: Pool, stores: Stores) -> None:
        self.stores = stores
        # The one for all, as it was a moment ago.
        self.policy = Policy()
        self._pool = pool
        self._servers: dict[UUID, Server] = {}
        # One look at a time, so that an older one never replaces a newer.
        self._looking = asyncio.Lock()
        self._locked: set[UUID] = set()
        self.traffic = Traffic()
        self._links = RecentLinks()

    def servers(self) -> list[Server]:
        """All servers by name, also those switched off."""
        return list(self._servers.values())

    def find_server(self, server_id: UUID) -> Server | None:
        """One server by id."""
        return self._servers.get(server_id)

    def find_by_name(self, name: str) -> Server | None:
        """One server by name."""
        return next((server for server in self.servers() if server.name == name), None)

    def rank(
        self, place: Place, servers: Iterable[Server], *, writing: bool = False
    ) -> list[Ranked]:
        """Order servers that are switched on, best first, those that cannot serve last."""
        felt = self.traffic.felt(place)
        self._links.forget()
        return rank(
            place,
            [server for server in servers if is_open(server)],
            lambda server: self._condition(server, felt.get(server.id), writing=writing),
        )

    def choose(
        self, place: Place, servers: Iterable[Server], size: int = 0, *, writing: bool = False
    ) -> list[Ranked]:
        """Like rank, without those that cannot serve; a link of so many bytes for the best."""
        ranked = self.rank(place, servers, writing=writing)
        healthy = draw([choice for choice in ranked if choice.is_healthy])
        if healthy:
            best = healthy[0].server.id
            self._links.add(best)
            self.traffic.give(best, size)
        return healthy

    async def refresh(self) -> None:
        """Read the rows again: how the servers are doing is written there, too."""
        async with self._looking:
            rows = await list_servers(self._pool)
            self.policy = Policy.read(await self._pool.fetchval(FIND_DEFAULT_RULE))
            # Nobody may be sent to a server that nothing can be signed for here.
            self._locked = {server.id for server in rows if _is_locked(self.stores, server)}
            self._servers = {server.id: server for server in rows}

    async def catch_up(self) -> None:
        """Refresh; a database that is away leaves the last known rows in force."""
        try:
            await self.refresh()
        except Exception as error:  # noqa: BLE001 what is known outlives every outage
            log.warning("fleet_refresh_failed", error=repr(error))

    async def follow(self) -> None:
        """Catch up for ever."""
        while True:
            await self.catch_up()
            await asyncio.sleep(REFRESH_SECONDS)

    def _condition(self, server: Server, felt: Felt | None, *, writing: bool) -> Condition:
        return Condition(
            answers=server.health != "offline" and not (self._locked and server.id in self._locked),
            recent_links=self._links.count(server.id),
            is_slow=server.health == "slow",
            refuses=writing and not server.takes_writes,
            load_bytes=self.traffic.load(server.id),
            felt=felt,
        )


def open_store(fleet: Fleet, server_id: UUID) -> Store:
    """Open the store of a server; STORE_UNAVAILABLE when it is unknown or its secret is."""
    server = fleet.find_server(server_id)
    if server is None:
        raise MeridianError(STORE_UNAVAILABLE, retry_after=RETRY_SECONDS)
    try:
        return fleet.stores.of(server)
    except VaultError as error:
        raise MeridianError(STORE_UNAVAILABLE, retry_after=RETRY_SECONDS) from error


def _is_locked(stores: Stores, server: Server) -> bool:
    """Whether its secret was sealed with a key that is not configured."""
    try:
        stores.of(server)
    except VaultError:
        return True
    return False
