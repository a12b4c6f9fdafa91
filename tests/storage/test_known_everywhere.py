"""What changes about a city is acted on by every process of every service within two seconds."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from services.storage.relay.publish import Relay
from shared.db import connect
from shared.redis import open_redis
from shared.tasks import cancel
from tests.storage.newcomers import bucket, described, frankfurt, operator
from tests.storage.processes import other
from tests.world.places import BOSTON, POINTS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from pathlib import Path

    from services.local.servers.node import Node
    from shared.db import Pool
    from tests.storage.conftest import Person, Storage

__all__ = ["bucket", "frankfurt", "operator", "other"]

# Far more than the two seconds that are meant, for machines that have much else to do.
PATIENCE_SECONDS = 60
LOOK_SECONDS = 0.02
ARRIVED = """
SELECT replicas.state = 'READY' FROM storage.replicas
JOIN storage.servers ON servers.id = replicas.server_id AND servers.name = 'frankfurt'
JOIN storage.versions ON versions.id = replicas.version_id AND versions.file_id = $1
"""
MAKE_DUE = "UPDATE storage.replicas SET next_attempt_at = now() WHERE state = 'WANTED'"


@asynccontextmanager
async def relay(storage: Storage) -> AsyncIterator[None]:
    """Tell the stream what happens."""
    pool = await connect(storage.database.storage)
    redis = open_redis(storage.shared.redis_url, answer_seconds=5)
    telling = asyncio.create_task(Relay(pool, redis).run())
    try:
        yield
    finally:
        await cancel([telling])
        await redis.aclose()
        await pool.close()


@asynccontextmanager
async def replicators(storage: Storage, folder: Path, count: int) -> AsyncIterator[None]:
    """Real processes that copy."""
    environment = {
        **os.environ,
        "MERIDIAN_DATABASE_URL": storage.database.replicator,
        "MERIDIAN_REDIS_URL": storage.shared.redis_url,
        "MERIDIAN_SECRET_KEYS": ",".join(storage.shared.secret_keys),
        "MERIDIAN_ALLOW_LOCAL_SERVERS": "true",
        # By themselves they would look again long after the test has lost its patience.
        "MERIDIAN_SWEEP_SECONDS": "3600",
    }
    started = []
    for number in range(count):
        with (folder / f"replicator-{number}.log").open("wb") as log:
            started.append(
                await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", "services.replicator", "run"),
                    env=environment,
                    stderr=log,
                )
            )
    try:
        yield
    finally:
        for process in started:
            process.terminate()
        await asyncio.gather(*(process.wait() for process in started))


async def seconds_until(conditions: Sequence[Callable[[], Awaitable[bool]]]) -> float:
    """How long it takes until all of them hold."""
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE_SECONDS):
        for holds in conditions:
            while not await holds():
                await asyncio.sleep(LOOK_SECONDS)
    return time.monotonic() - began


def sent_to_frankfurt(person: Person) -> Callable[[], Awaitable[bool]]:
    """Whether the process of this person sends uploads there."""

    async def is_sent() -> bool:
        wanted = {"name": f"{time.monotonic()}.bin", "size": 3}
        started = await person.call("POST", "/uploads", 201, json=wanted)
        return bool(started["server"]["name"] == "frankfurt")

    return is_sent


def not_any_more(holds: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[bool]]:
    async def is_over() -> bool:
        return not await holds()

    return is_over


async def test_every_process_acts_on_what_changes(
    operator: Person,
    other: Storage,
    storage: Storage,
    frankfurt: Node,
    bucket: str,
    owner_pool: Pool,
    tmp_path: Path,
) -> None:
    people = [storage.person(BOSTON), other.person(BOSTON)]
    sent = [sent_to_frankfurt(person) for person in people]
    away = [not_any_more(condition) for condition in sent]
    taken: dict[str, float] = {}

    def copied(file: dict[str, Any]) -> list[Callable[[], Awaitable[bool]]]:
        async def is_copied() -> bool:
            return bool(await owner_pool.fetchval(ARRIVED, file["id"]))

        return [is_copied]

    async with relay(storage), replicators(storage, tmp_path, 2):
        _, north, east = POINTS[BOSTON]
        place = {"latitude": north, "longitude": east}
        wanted = described(frankfurt, bucket, **place)
        before = await people[0].upload("before", b"abc")
        added = await operator.call("POST", "/servers", 201, json=wanted)
        path = f"/servers/{added['id']}"
        taken["added"] = await seconds_until(sent)
        taken["filled"] = await seconds_until(copied(before))
        for change in ({"is_on": False}, {"is_active": False}):
            (field,) = change
            await operator.call("PATCH", path, json=change)
            taken[f"not {field}"] = await seconds_until(away)
            meanwhile = await people[1].upload(field, b"abc")
            await owner_pool.execute(MAKE_DUE)
            await operator.call("PATCH", path, json={field: True})
            taken[field] = await seconds_until(sent)
            if field == "is_on":
                taken["copied"] = await seconds_until(copied(meanwhile))
        await operator.call("PATCH", path, json={"latitude": -80.0, "longitude": 100.0})
        taken["moved"] = await seconds_until(away)
    sys.stdout.write(", ".join(f"{what} {seconds:.2f} s" for what, seconds in taken.items()))
