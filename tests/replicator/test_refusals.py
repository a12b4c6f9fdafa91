"""What a destination answers, and what becomes of the copy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.replicator.conftest import SOON, World, replicator
from tests.world.cities import CAPE_TOWN

if TYPE_CHECKING:
    from shared.catalog.versions import Version

ALMOST_GIVEN_UP = "UPDATE storage.replicas SET failures = 7 WHERE version_id = $1"
LETTERS = "SELECT count(*) FROM storage.dead_letters"


def answer(code: str) -> bytes:
    return f"<Error><Code>{code}</Code></Error>".encode()


async def fail_once_more(world: World, status: int, code: str) -> Version:
    """Have Cape Town answer the last attempt before a dead letter."""
    world.wires[CAPE_TOWN].answers["PUT"] = (status, answer(code))
    version = await world.upload(os.urandom(1000), tell=False)
    await world.pool.execute(ALMOST_GIVEN_UP, version.id)
    await world.relay()
    return version


@pytest.mark.parametrize(
    ("status", "code"),
    [(408, ""), (409, "OperationAborted"), (400, "ExpiredToken"), (405, ""), (301, ""), (507, "")],
)
@pytest.mark.usefixtures("retries_wait")
async def test_an_answer_that_may_pass_makes_no_dead_letter(
    world: World, status: int, code: str
) -> None:
    async with replicator(world):
        version = await fail_once_more(world, status, code)
        await world.until(version, cape_town="WANTED", vladivostok="READY")
        row = await world.row(version, CAPE_TOWN)
        assert (row.failures, row.attempt) == (7, 1)
        world.wires[CAPE_TOWN].heal()
        await world.pool.execute(SOON, version.id)
        await world.until(version, every="READY")
    assert await world.pool.fetchval(LETTERS) == 0
    await world.check()


async def test_a_dead_letter_is_tried_again_and_goes_when_the_copy_is_there(world: World) -> None:
    async with replicator(world):
        version = await fail_once_more(world, 400, "EntityTooLarge")
        await world.until(version, cape_town="FAILED", vladivostok="READY")
        assert await world.pool.fetchval(LETTERS) == 1
        # Hours later, say.
        await world.pool.execute(SOON, version.id)
        await world.until(version, cape_town="FAILED")
        world.wires[CAPE_TOWN].heal()
        await world.pool.execute(SOON, version.id)
        await world.until(version, every="READY")
    assert await world.pool.fetchval(LETTERS) == 0
    await world.check()
