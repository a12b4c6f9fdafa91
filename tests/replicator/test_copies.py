"""Copies that go well."""

from __future__ import annotations

import hashlib
import os

import pytest

from tests.replicator.conftest import CAPE_TOWN, NEW_YORK, VLADIVOSTOK, World, replicator

SIZES = [0, 1, 4096, 65_536, 1_048_577, 9_000_000]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("knows_sha256", [True, False])
async def test_a_version_arrives_everywhere(world: World, size: int, knows_sha256: bool) -> None:
    content = os.urandom(size)
    async with replicator(world):
        version = await world.upload(content, knows_sha256=knows_sha256)
        await world.until(version, every="READY")
    stored = await world.version(version.id)
    assert stored.sha256 == hashlib.sha256(content).digest()
    await world.check()
