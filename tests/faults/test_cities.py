"""A city refuses, swallows, crawls, breaks off, lies, or says nothing of what it got."""

from __future__ import annotations

import asyncio
import hashlib
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.world.places import BOSTON, NEAREST

if TYPE_CHECKING:
    from tests.faults.conftest import Scene

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

FAULTS: dict[str, dict[str, Any]] = {
    "city refuses": {"down": True},
    "city is a black hole": {"latency_ms": 600_000},
    "city takes 2 s to answer": {"latency_ms": 2000},
    "city has 100 kB/s": {"bytes_per_second": 100_000},
    "city breaks off": {"break_after": 50_000},
    "city flips bits of what it gets": {"flip": "in"},
    "city flips bits of what it gives": {"flip": "out"},
    "notifications are dropped": {"events": "drop"},
    "notifications come twice": {"events": "repeat"},
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_city_is_sick(scene: Scene, rounds: int, fault: str) -> None:
    async with scene.suffering(fault):
        for _ in range(rounds):
            await asyncio.sleep(1)
            await scene.stack.set_fault("new-york", FAULTS[fault])
            await asyncio.sleep(4)
            await scene.stack.set_fault("new-york", None)
        await asyncio.sleep(1)


async def test_nobody_is_told_of_an_upload(scene: Scene) -> None:
    """Neither a webhook nor the client says so: the sweep finds it."""
    for city in NEAREST.values():
        await scene.stack.set_fault(city, {"events": "drop"})
    person = scene.visitors[BOSTON]
    started = await person.start("silent.bin", b"found all the same")
    await person.wait_for_copies(started["file"]["id"])
    lines = (scene.stack.home / "logs" / "relay.log").read_text().splitlines()
    assert any("silent_upload_found" in line and started["id"] in line for line in lines)


async def test_one_name_is_uploaded_again_and_again(scene: Scene, rounds: int) -> None:
    """Twenty at once and one after the other: the file is one of them, never a mixture."""
    person = scene.visitors[BOSTON]
    contents = [os.urandom(60_000) for _ in range(20)]
    async with scene.suffering("same name 20 times") as crowd:
        for _ in range(rounds):
            first = await asyncio.gather(
                *(crowd.upload(person, content, "same.bin") for content in contents[:10])
            )
            ids = {*first, *[await crowd.upload(person, one, "same.bin") for one in contents[10:]]}
            (file_id,) = ids
            file = await person.wait_for_copies(str(file_id))
            crowd.kept[str(file_id)] = file["sha256"]
            assert file["sha256"] in {hashlib.sha256(one).hexdigest() for one in contents}
