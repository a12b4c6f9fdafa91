"""Asks every server every second whether it answers and takes writes: one process for all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import structlog

from services.storage.servers.canary import Canary
from services.storage.servers.health import note_health
from services.storage.servers.watch import Watch
from shared.catalog.placement import is_open
from shared.catalog.refused_writes import list_lately
from shared.catalog.servers import list_servers
from shared.jobs import Job
from shared.vault import VaultError

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.events.doorbell import Doorbell
    from shared.catalog.refused_writes import Refusals
    from shared.catalog.servers import Server
    from shared.db import Pool
    from shared.jobs import Run
    from shared.stores.stores import Stores

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 0.5
# So long a round waits for answers; who answers later is looked at in the next.
ROUND_SECONDS: Final = 0.5
LOCK_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True)
class Patient:
    """A server under watch."""

    watch: Watch
    canary: Canary

    def end(self) -> None:
        """Leave it alone."""
        self.watch.end()
        self.canary.end()


@dataclass(frozen=True, slots=True)
class Prober:
    """What one process remembers of the servers while the job is its own."""

    pool: Pool
    stores: Stores
    doorbell: Doorbell
    _patients: dict[UUID, Patient] = field(default_factory=dict, init=False)

    def job(self) -> Job:
        """The job to run; a process that dies holds it up for seconds only."""
        return Job(name="servers.probe", every=EVERY_SECONDS, function=self.run, lock=LOCK_SECONDS)

    async def run(self, run: Run) -> None:
        """One round."""
        await self.probe()

    async def probe(self) -> None:
        """Ask all servers that are on, and write down what changed."""
        servers = [server for server in await list_servers(self.pool) if is_open(server)]
        refusals = await list_lately(self.pool)
        self._forget_others(servers)
        tasks = [task for server in servers for task in self._begin(server, refusals)]
        if tasks:
            await asyncio.wait(tasks, timeout=ROUND_SECONDS)
        for server in servers:
            await self._note(server, refusals.get(server.id))

    def end(self) -> None:
        """Ask nobody any more."""
        self._forget_others([])

    def _forget_others(self, servers: list[Server]) -> None:
        """End what is under way at servers that were switched off or removed."""
        on = {server.id for server in servers}
        for server_id in self._patients.keys() - on:
            self._patients.pop(server_id).end()

    def _begin(self, server: Server, refusals: dict[UUID, Refusals]) -> list[asyncio.Task[bool]]:
        if server.id not in self._patients:
            canary = Canary(takes_writes=server.takes_writes)
            self._patients[server.id] = Patient(Watch(server.health), canary)
        patient = self._patients[server.id]
        tasks: list[asyncio.Task[bool] | None] = [patient.watch.ask(lambda: self.stores.of(server))]
        if patient.watch.health != "offline":
            try:
                store = self.stores.of(server)
            except VaultError as error:
                log.error("server.locked", server=server.name, error=str(error))
            else:
                tasks.append(patient.canary.write(store, refusals.get(server.id)))
        return [task for task in tasks if task is not None]

    async def _note(self, server: Server, refusals: Refusals | None) -> None:
        patient = self._patients[server.id]
        changed = await note_health(
            self.pool,
            server,
            patient.watch.look(),
            takes_writes=patient.canary.look(refusals),
        )
        if changed is not None:
            log.info(
                "server.changed",
                server=changed.name,
                state=changed.state,
                takes_writes=changed.takes_writes,
            )
            self.doorbell.ring()
