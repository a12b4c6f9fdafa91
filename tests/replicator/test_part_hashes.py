"""The hashes of parts: kept by the first reading, cut alike everywhere, gone with the version."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.replicator.conftest import World, replicator
from tests.world.cities import CAPE_TOWN, NEW_YORK, VLADIVOSTOK

if TYPE_CHECKING:
    from shared.catalog.versions import Version

PART = 100_000
CONTENT = os.urandom(3 * PART + 1)
COUNT = 4
PARTS = [CONTENT[start : start + PART] for start in range(0, len(CONTENT), PART)]
SHA256 = b"".join(hashlib.sha256(part).digest() for part in PARTS)
MD5 = b"".join(hashlib.md5(part, usedforsecurity=False).digest() for part in PARTS)
ETAG = f"{hashlib.md5(MD5, usedforsecurity=False).hexdigest()}-{COUNT}"
CUT = "UPDATE storage.versions SET part_size = $3 WHERE owner_id = $1 AND id = $2"
FIND = "SELECT part_size, hashes FROM storage.part_hashes WHERE version_id = $1"


async def upload(world: World, content: bytes, part_size: int | None, **more: Any) -> Version:
    """A version whose upload came in parts, if it did."""
    version = await world.upload(content, tell=False, **more)
    await world.pool.execute(CUT, version.owner_id, version.id, part_size)
    await world.relay()
    return version


async def kept(world: World, version: Version) -> tuple[Any, ...]:
    return tuple(await world.pool.fetchrow(FIND, version.id) or ())


@pytest.mark.parametrize("in_parts", [True, False])
async def test_the_first_reading_keeps_the_hashes_of_parts(world: World, in_parts: bool) -> None:
    async with replicator(world, part_bytes=PART, multipart_bytes=0 if in_parts else 10**9):
        version = await upload(world, CONTENT, None)
        await world.until(version, every="READY")
    assert await kept(world, version) == (PART, SHA256)
    assert world.wires[NEW_YORK].count("GET", version.key) == 1
    assert (world.wires[CAPE_TOWN].count("PUT", "uploadId=") > 0) == in_parts
    await world.check()


async def test_one_part_needs_no_hashes_of_parts(world: World) -> None:
    async with replicator(world, part_bytes=PART):
        version = await upload(world, CONTENT[:PART], None)
        await world.until(version, every="READY")
    assert await world.pool.fetchval("SELECT count(*) FROM storage.part_hashes") == 0


async def test_copies_are_cut_as_the_upload_was(world: World) -> None:
    """So that each server makes the same ETag of them."""
    async with replicator(world, part_bytes=10 * PART):
        version = await upload(world, CONTENT, PART)
        await world.until(version, every="READY")
    for city in (VLADIVOSTOK, CAPE_TOWN):
        assert world.wires[city].count("PUT", "uploadId=") == COUNT
    assert await kept(world, version) == (PART, SHA256)
    await world.check()


@pytest.mark.parametrize(
    "content", [CONTENT, CONTENT[:10], b""], ids=("four parts", "one part", "empty")
)
async def test_an_etag_of_parts_proves_the_source(world: World, content: bytes) -> None:
    parts = [content[start : start + PART] for start in range(0, len(content) or 1, PART)]
    digests = b"".join(hashlib.md5(part, usedforsecurity=False).digest() for part in parts)
    etag = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
    async with replicator(world):
        version = await upload(world, content, PART, etag=etag, knows_sha256=False)
        await world.until(version, every="READY")
    stored = await world.version(version)
    assert stored.sha256 == hashlib.sha256(content).digest()
    assert stored.proof == ("etag" if content else "sha256")
    assert world.wires[NEW_YORK].count("GET", version.key) == 1
    await world.check()


async def test_a_bit_that_turned_before_the_first_copy_is_found_by_the_etag_of_parts(
    world: World,
) -> None:
    rotten = CONTENT[:-1] + b"!"
    async with replicator(world):
        version = await upload(world, rotten, PART, etag=ETAG, knows_sha256=False)
        await world.until(version, new_york="SUSPECT", cape_town="WANTED", vladivostok="WANTED")
    assert (await world.version(version)).sha256 is None


async def test_hashes_of_parts_go_with_the_version(world: World) -> None:
    async with replicator(world, part_bytes=PART):
        version = await upload(world, CONTENT, None)
        await world.until(version, every="READY")
        await world.delete(version)
        await world.until_gone(version)
    assert await world.pool.fetchval("SELECT count(*) FROM storage.part_hashes") == 0
