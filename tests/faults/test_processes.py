"""Our own processes are killed and frozen at bad moments."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from typing import TYPE_CHECKING

import asyncpg
import pytest
from redis.asyncio import Redis

from shared.events import FILES_STREAM

if TYPE_CHECKING:
    from tests.faults.conftest import Scene

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

REPLICATORS = ("replicator-1", "replicator-2")
HELD_BY_RELAY = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE relation = 'storage.outbox'::regclass AND application_name = 'relay'
"""
SLOW = {"bytes_per_second": 2 * 1024**2}


async def test_replicators_are_killed_at_random_moments(scene: Scene, rounds: int) -> None:
    for city in ("vladivostok", "cape-town"):
        await scene.stack.set_fault(city, SLOW)
    async with scene.suffering("kill -9 replicator"):
        for _ in range(5 * rounds):
            await asyncio.sleep(random.uniform(0.05, 0.8))
            await scene.kill(random.choice(REPLICATORS))
            # At once, not after the pauses of the one who starts them.
            os.kill(scene.stack.process.pid, signal.SIGUSR1)
        for city in ("vladivostok", "cape-town"):
            await scene.stack.set_fault(city, None)


async def test_a_replicator_freezes_for_longer_than_its_leases(scene: Scene) -> None:
    async with scene.suffering("SIGSTOP replicator 6 s"):
        await asyncio.sleep(1)
        frozen = await scene.wait_for("replicator-1")
        os.kill(frozen, signal.SIGSTOP)
        await asyncio.sleep(6)
        os.kill(frozen, signal.SIGCONT)


async def test_the_relay_is_killed_after_the_stream_has_the_events(
    scene: Scene, rounds: int
) -> None:
    """The rows are locked against being marked, so that it dies exactly in between."""
    for _ in range(rounds):
        async with scene.suffering("kill -9 relay after XADD") as crowd:
            await asyncio.sleep(1)
            relay = await scene.wait_for("relay")
            await freeze_without_locks(scene, relay)
            person = crowd.people[0]
            await crowd.upload(person, os.urandom(1000))
            await kill_between(scene, relay)


async def freeze_without_locks(scene: Scene, relay: int) -> None:
    """Stop the relay, but not within a transaction, or the table could not be locked after it."""
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(scene.truth.database_url)
    try:
        async with asyncio.timeout(20):
            os.kill(relay, signal.SIGSTOP)
            await asyncio.sleep(0.05)
            while await connection.fetchval(HELD_BY_RELAY):
                os.kill(relay, signal.SIGCONT)
                await asyncio.sleep(random.uniform(0.01, 0.1))
                os.kill(relay, signal.SIGSTOP)
                await asyncio.sleep(0.05)
    finally:
        await connection.close()


async def kill_between(scene: Scene, relay: int) -> None:
    connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(scene.truth.database_url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE storage.outbox IN SHARE MODE")
            async with Redis.from_url(scene.truth.redis_url) as redis:
                before = (await redis.xinfo_stream(FILES_STREAM))["entries-added"]
                os.kill(relay, signal.SIGCONT)
                async with asyncio.timeout(10):
                    while (await redis.xinfo_stream(FILES_STREAM))["entries-added"] == before:
                        await asyncio.sleep(0.005)
            os.kill(relay, signal.SIGKILL)
            waiting = "SELECT count(*) FROM storage.outbox WHERE published_at IS NULL"
            assert await connection.fetchval(waiting)
    finally:
        await connection.close()


async def test_the_apis_are_killed(scene: Scene, rounds: int) -> None:
    async with scene.suffering("kill -9 storage and auth"):
        for _ in range(rounds):
            for name in ("storage", "auth"):
                await asyncio.sleep(1)
                await scene.kill(name)
                await scene.wait_for(name)
