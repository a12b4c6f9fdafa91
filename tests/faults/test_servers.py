"""PostgreSQL and Valkey die, freeze and forget."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import pytest
from redis.asyncio import Redis

if TYPE_CHECKING:
    from tests.faults.conftest import Scene

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


async def test_redis_freezes(scene: Scene, rounds: int) -> None:
    async with scene.suffering("SIGSTOP redis"):
        await asyncio.sleep(0.5)
        frozen = await scene.wait_for("valkey")
        os.kill(frozen, signal.SIGSTOP)
        await asyncio.sleep(4 if rounds == 1 else 30)
        os.kill(frozen, signal.SIGCONT)
        await asyncio.sleep(1)


async def test_redis_is_killed(scene: Scene, rounds: int) -> None:
    async with scene.suffering("kill -9 redis"):
        for _ in range(rounds):
            await asyncio.sleep(1)
            await scene.kill("valkey")
            await scene.wait_for("valkey")
        await asyncio.sleep(1)


async def test_redis_forgets_everything(scene: Scene, rounds: int) -> None:
    async with scene.suffering("FLUSHALL"):
        for _ in range(3 * rounds):
            await asyncio.sleep(0.7)
            async with Redis.from_url(scene.truth.redis_url) as redis:
                await redis.flushall()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
async def test_postgresql_ends_in_the_middle(
    scene: Scene, rounds: int, number: signal.Signals
) -> None:
    async with scene.suffering(f"{number.name} postgresql"):
        for _ in range(rounds):
            await asyncio.sleep(1)
            os.kill(await scene.wait_for("postgres"), number)
            await asyncio.sleep(2)
            await scene.wait_for("postgres")
        await asyncio.sleep(1)
