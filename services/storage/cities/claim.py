"""A bucket becomes a server's: one claim at a time, whoever asks and whichever process is asked.

The bucket may be reached by several names, so that no key in the database tells two claims of it
apart; its marker does, and is read and written by one claim after the other.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from services.storage.cities.endpoints import address_of
from services.storage.cities.marker import Marker, refuse_foreign, taken_by, write_marker
from services.storage.cities.rows import installation_id
from shared.catalog.jobs import add_jobs, finish_job, renew_job, take_due_jobs
from shared.catalog.servers import list_servers
from shared.db_outage import DATABASE_ERRORS
from shared.errors import CLAIM_BUSY, SERVER_EXISTS, MeridianError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from services.storage.cities.probe import Prober
    from shared.catalog.jobs import Turn
    from shared.catalog.servers import Server
    from shared.db import Connection, Pool

NAME: Final = "servers.claim"
# A process that died holds up the others for so long; what is done under the lock takes less.
LOCK_SECONDS: Final = 30.0
# A claim may follow another at once; a job has to have a pause.
PAUSE_SECONDS: Final = 0.001
MARK_SECONDS: Final = 15
LOOK_SECONDS: Final = 0.1
LOOKS: Final = 450


class Claim:
    """The right to write down whose a bucket is."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    async def keep(self, db: Connection) -> None:
        """Hold it until this transaction has ended; CLAIM_BUSY when it ran out before."""
        if not await renew_job(db, self._turn):
            raise MeridianError(CLAIM_BUSY, retry_after=1)


@asynccontextmanager
async def claim_bucket(prober: Prober, server: Server) -> AsyncIterator[Claim]:
    """Mark the bucket of a server as its own, and keep others from it until the row is written.

    BUCKET_TAKEN, SERVER_EXISTS, SERVER_UNREACHABLE, CLAIM_BUSY.
    """
    turn = await _take(prober.pool)
    try:
        async with prober.in_words(server, MARK_SECONDS):
            await _mark(prober, server)
        yield Claim(turn)
    finally:
        with suppress(*DATABASE_ERRORS):  # it runs out by itself
            await asyncio.shield(finish_job(prober.pool, turn, None))


def refuse_known(known: Sequence[Server], server: Server) -> None:
    """Raise BUCKET_TAKEN when the row of another server names this very bucket.

    A city that came with the installation has no marker.
    """
    place = address_of(server.endpoint), server.bucket
    for one in known:
        if one.name != server.name and (address_of(one.endpoint), one.bucket) == place:
            raise taken_by(one.name)


async def _take(pool: Pool) -> Turn:
    await add_jobs(pool, [(NAME, PAUSE_SECONDS, LOCK_SECONDS, 0)])
    worker = str(uuid4())
    for _ in range(LOOKS):
        turns = await take_due_jobs(pool, [NAME], worker, 0)
        if turns:
            return turns[0]
        await asyncio.sleep(LOOK_SECONDS)
    raise MeridianError(CLAIM_BUSY, retry_after=1)


async def _mark(prober: Prober, server: Server) -> None:
    """Before the row: a marker of a server that never came to be keeps nobody away."""
    known = await list_servers(prober.pool)
    if any(one.name == server.name and one.id != server.id for one in known):
        raise MeridianError(SERVER_EXISTS)
    refuse_known(known, server)
    store, names = prober.stores.of(server), [one.name for one in known]
    ours = Marker(await installation_id(prober.pool), server.name)
    await refuse_foreign(store, ours, names)
    await write_marker(store, ours)
    # Another installation has a lock of its own: the bucket says who was last.
    await refuse_foreign(store, ours, names)
