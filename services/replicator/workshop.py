"""What every job of this process works with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

import structlog

from services.replicator.copying.rooms import Rooms
from services.replicator.copying.token_bucket import TokenBucket
from services.replicator.urgent import Urgent
from shared.vault import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from services.replicator.catalog.questions import Questions
    from services.replicator.settings import ReplicatorSettings
    from shared.catalog.servers import Server
    from shared.catalog.versions import Version
    from shared.db import Pool
    from shared.events import Event, ReplicaFailed, ReplicaReady
    from shared.stores.store import Store
    from shared.stores.stores import Stores

log = structlog.get_logger(__name__)

LOCKED_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """`announce` tells live pages of an event; `wake` has the sweep look in so many seconds."""

    pool: Pool
    stores: Stores
    settings: ReplicatorSettings
    name: str
    announce: Callable[[Event], None]
    wake: Callable[[float], None]
    catalog: Questions
    # Servers that are being copied to alone, because they hold others up.
    alone: Counter[UUID] = field(default_factory=Counter)
    # Fresh copies under way here, by server, and what is heard of those elsewhere.
    fresh: Counter[UUID] = field(default_factory=Counter)
    urgent: Urgent = field(default_factory=Urgent)
    # How many copies may be under way to a server.
    rooms: Rooms = field(default_factory=Rooms)
    # Back-fills and drains take no more of the lines than this lets pass.
    bulk_line: TokenBucket = field(default_factory=lambda: TokenBucket(0))
    # How many copies are being read from a server.
    read: Counter[UUID] = field(default_factory=Counter)
    # Servers whose secret no key opens, and until when that is taken for granted.
    _locked: dict[UUID, float] = field(default_factory=dict, init=False)

    def announce_replica(
        self, happened: type[ReplicaReady | ReplicaFailed], version: Version, server_id: UUID
    ) -> None:
        """Tell live pages how the copy of a version on a server ended."""
        event = happened(
            file_id=version.file_id,
            version_id=version.id,
            owner_id=version.owner_id,
            server_id=server_id,
        )
        self.announce(event)

    def stores_of(self, servers: Iterable[Server]) -> list[Store]:
        """Their stores, without those whose secret no key opens: the others need not suffer."""
        stores = []
        for server in servers:
            try:
                stores.append(self.stores.of(server))
            except VaultError as error:
                self._locked[server.id] = monotonic() + LOCKED_SECONDS
                log.error("server_locked", server=server.name, error=str(error))
        return stores

    def locked(self) -> list[UUID]:
        """Servers that could not be opened lately."""
        return [server for server, until in self._locked.items() if monotonic() < until]
