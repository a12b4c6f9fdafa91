"""Bytes that change: on the way, on a disk, or because somebody cuts them short."""

from __future__ import annotations

import hashlib
import os

import pytest

from tests.replicator.conftest import SOON, World, replicator
from tests.world.cities import CAPE_TOWN, NEW_YORK, VLADIVOSTOK
from tests.world.wire import MARK

CONTENT = MARK + os.urandom(400_000)
MD5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("knows_sha256", [True, False])
async def test_a_bit_flipped_on_the_way_from_the_source(world: World, knows_sha256: bool) -> None:
    world.wires[NEW_YORK].flips_down = 1
    async with replicator(world):
        version = await world.upload(CONTENT, knows_sha256=knows_sha256)
        await world.until(version, every="READY")
    assert world.wires[NEW_YORK].flips_down == 0
    # The source is not blamed, and nothing wrong was ever written.
    assert (await world.states(version))[NEW_YORK] == "READY"
    assert (await world.version(version)).sha256 == hashlib.sha256(CONTENT).digest()
    await world.check()


@pytest.mark.parametrize("part_bytes", [None, 150_000])
@pytest.mark.usefixtures("retries_wait")
async def test_a_bit_flipped_on_the_way_to_a_copy(world: World, part_bytes: int | None) -> None:
    world.wires[CAPE_TOWN].flips_up = 1
    parts = {"part_bytes": part_bytes, "multipart_bytes": part_bytes} if part_bytes else {}
    async with replicator(world, **parts):
        version = await world.upload(CONTENT)
        await world.until(version, vladivostok="READY", cape_town="WANTED")
        row = await world.row(version, CAPE_TOWN)
        assert row.failures == 1
        assert "differs" in row.last_error
        assert not world.path(CAPE_TOWN, version).exists()
        await world.pool.execute(SOON, version.id)
        await world.until(version, every="READY")
    await world.check()


@pytest.mark.parametrize("knows_sha256", [True, False])
async def test_a_body_cut_short(world: World, knows_sha256: bool) -> None:
    world.wires[NEW_YORK].breaks_after = 200_000
    async with replicator(world):
        version = await world.upload(CONTENT, knows_sha256=knows_sha256)
        await world.until(version, cape_town="WANTED", vladivostok="WANTED")
        assert not world.path(CAPE_TOWN, version).exists()
        world.wires[NEW_YORK].heal()
        await world.until(version, every="READY")
    await world.check()


async def test_a_rotten_source_is_not_copied_and_is_healed_from_a_good_one(world: World) -> None:
    rotten = b"!" + CONTENT[1:]
    async with replicator(world):
        version = await world.upload(CONTENT, tell=False)
        await world.direct(NEW_YORK).put(version.key, rotten, len(rotten))
        await world.direct(VLADIVOSTOK).put(version.key, CONTENT, len(CONTENT))
        await world.pool.execute(
            "UPDATE storage.replicas SET state = 'READY' WHERE server_id = $1",
            world.servers[VLADIVOSTOK].id,
        )
        await world.relay()
        # From Cape Town, New York is nearer.
        await world.until(version, cape_town="READY")
        assert (await world.row(version, CAPE_TOWN)).attempt == 1
        await world.until(version, every="READY")
    assert world.path(NEW_YORK, version).read_bytes() == CONTENT
    await world.check()


async def test_the_only_copy_is_suspect_and_kept_when_it_is_rotten(world: World) -> None:
    rotten = CONTENT[:-1] + b"!"
    async with replicator(world):
        version = await world.upload(CONTENT, tell=False)
        await world.direct(NEW_YORK).put(version.key, rotten, len(rotten))
        await world.relay()
        await world.until(version, new_york="SUSPECT", cape_town="WANTED")
        assert "other bytes" in (await world.row(version, NEW_YORK)).last_error
        assert world.path(NEW_YORK, version).exists()
        assert not world.path(CAPE_TOWN, version).exists()
        await world.direct(NEW_YORK).delete(version.key)


async def test_the_only_copy_comes_back(world: World) -> None:
    async with replicator(world):
        version = await world.upload(CONTENT, tell=False)
        lost = b"<Error><Code>NoSuchKey</Code></Error>"
        world.wires[NEW_YORK].answers["GET"] = (404, lost)
        await world.relay()
        await world.until(version, new_york="SUSPECT", cape_town="WANTED", vladivostok="WANTED")
        world.wires[NEW_YORK].heal()
        await world.until(version, every="READY")
    await world.check()


@pytest.mark.parametrize("change", [b"", b"more"])
async def test_a_source_of_another_size_is_suspect(world: World, change: bytes) -> None:
    other = CONTENT + change if change else CONTENT[:-1]
    async with replicator(world):
        version = await world.upload(CONTENT, tell=False, knows_sha256=False)
        await world.direct(NEW_YORK).put(version.key, other, len(other))
        await world.relay()
        await world.until(version, new_york="SUSPECT", cape_town="WANTED")
        await world.direct(NEW_YORK).delete(version.key)
    assert (await world.version(version)).sha256 is None


async def test_a_bit_flipped_before_the_first_copy_is_seen_by_the_etag_of_the_upload(
    world: World,
) -> None:
    rotten = b"!" + CONTENT[1:]
    async with replicator(world):
        version = await world.upload(CONTENT, tell=False, knows_sha256=False, etag=MD5)
        world.path(NEW_YORK, version).write_bytes(rotten)
        await world.relay()
        await world.until(version, new_york="SUSPECT", vladivostok="WANTED", cape_town="WANTED")
        assert (await world.version(version)).sha256 is None
        assert not world.path(CAPE_TOWN, version).exists()
        # The disk was read wrong, say; the right bytes are believed again.
        world.path(NEW_YORK, version).write_bytes(CONTENT)
        await world.pool.execute("UPDATE storage.replicas SET next_attempt_at = now()")
        await world.until(version, every="READY")
    await world.check()


async def test_a_bit_flipped_before_the_first_copy_is_seen_by_what_the_client_announced(
    world: World,
) -> None:
    rotten = b"!" + CONTENT[1:]
    async with replicator(world):
        version = await world.upload(CONTENT, tell=False, knows_sha256=False)
        await world.pool.execute(
            "UPDATE storage.versions SET declared_sha256 = $1", hashlib.sha256(CONTENT).digest()
        )
        world.path(NEW_YORK, version).write_bytes(rotten)
        await world.relay()
        await world.until(version, new_york="SUSPECT", vladivostok="WANTED", cape_town="WANTED")
        world.path(NEW_YORK, version).write_bytes(CONTENT)
        await world.pool.execute("UPDATE storage.replicas SET next_attempt_at = now()")
        await world.until(version, every="READY")
    assert (await world.version(version)).proof == "sha256"
    await world.check()


@pytest.mark.parametrize(
    ("knows_sha256", "etag", "proof"),
    [
        (True, None, "sha256"),
        (False, MD5, "etag"),
        (False, None, "reading"),
        (False, "x-3", "reading"),
    ],
    ids=("sha256", "etag", "nothing", "other etag"),
)
async def test_the_first_copy_proves_the_source_and_says_by_what(
    world: World, knows_sha256: bool, etag: str | None, proof: str
) -> None:
    async with replicator(world):
        version = await world.upload(CONTENT, knows_sha256=knows_sha256, etag=etag, tell=False)
        assert ((await world.row(version, NEW_YORK)).verified_at is not None) == knows_sha256
        await world.relay()
        await world.until(version, every="READY")
    assert (await world.version(version)).proof == proof
    assert (await world.row(version, NEW_YORK)).verified_at is not None
    await world.check()


async def test_a_lost_object_is_suspect(world: World) -> None:
    async with replicator(world):
        version = await world.upload(CONTENT, tell=False)
        await world.direct(NEW_YORK).delete(version.key)
        await world.relay()
        await world.until(version, new_york="SUSPECT", vladivostok="WANTED")


async def test_a_bucket_that_is_away_makes_nobody_suspect(world: World) -> None:
    async with replicator(world):
        body = b"<Error><Code>NoSuchBucket</Code></Error>"
        world.wires[NEW_YORK].answers["GET"] = (404, body)
        version = await world.upload(CONTENT)
        await world.until(version, new_york="READY", vladivostok="WANTED")
        world.wires[NEW_YORK].heal()
        await world.until(version, every="READY")
    await world.check()
