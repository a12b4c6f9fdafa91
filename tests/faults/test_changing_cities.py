"""Cities come, go and are switched while people work: nothing is lost, all ends as it should."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.driving import account_of, drive
from tests.faults.conftest import SETTINGS, SETTLE_SECONDS
from tests.world.places import BOSTON, write_places
from tests.world.stack import running_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.conftest import Scene
    from tests.world.people import Visitor
    from tests.world.stack import Stack

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

# `CHANGE_SECONDS=300 make test-faults` for longer.
SECONDS = int(os.environ.get("CHANGE_SECONDS", "60"))
EVERY_SECONDS = 2
PAGE_SECONDS = 300
FRANKFURT = ("frankfurt", "--city", "Frankfurt", "--latitude", "50.11", "--longitude", "8.68")
OLD = ("new-york", "vladivostok", "cape-town")
WHERE_IT_SHOULD_BE = """
SELECT s.name AS city, v.key, v.sha256 FROM storage.versions v CROSS JOIN storage.servers s
WHERE v.state = 'STORED' AND s.removed_at IS NULL
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A product of its own: its cities are others afterwards."""
    folder = tmp_path_factory.mktemp("cities")
    places = str(write_places(folder / "places.mmdb"))
    with running_stack(folder / "home", MERIDIAN_GEOIP_DB=places, **SETTINGS) as stack:
        yield stack


def start_frankfurt(stack: Stack) -> dict[str, Any]:
    """Have a fourth node started; what `POST /servers` needs."""
    done = subprocess.run(
        [sys.executable, "-m", "services.local", "add-city", *FRANKFURT],
        env={**os.environ, "MERIDIAN_HOME": str(stack.home)},
        capture_output=True,
        text=True,
        check=True,
    )
    wanted: dict[str, Any] = json.loads(done.stdout)
    return wanted


async def ids_of(admin: Visitor) -> dict[str, str]:
    """The servers there are, by name."""
    return {one["name"]: one["id"] for one in (await admin.storage("GET", "/servers"))["items"]}


async def misplaced(scene: Scene) -> list[str]:
    """What is not everywhere with the right bytes."""
    should = await scene.truth.rows(WHERE_IT_SHOULD_BE)
    assert len(should) >= 3 * len(scene.crowd.kept) > 0
    paths = [(scene.truth.folder(row["city"]) / row["key"], row["sha256"]) for row in should]
    return [
        str(path)
        for path, digest in paths
        if not path.exists() or hashlib.sha256(path.read_bytes()).digest() != digest
    ]


async def test_people_leave_a_slow_city_within_seconds_and_come_back(scene: Scene) -> None:
    """They tell what they saw, as the page does."""
    person = scene.visitors[BOSTON]

    async def send() -> str:
        began = time.monotonic()
        started = await person.start(f"{began}.bin", b"x" * 1000)
        ms = (time.monotonic() - began) * 1000
        name = str(started["server"]["name"])
        seen = {"server": name, "ttfb_ms": ms, "ms": ms, "bytes": 1000}
        await person.storage("POST", "/route/measured", 204, json=seen)
        return name

    assert await send() == "new-york"
    await scene.stack.set_fault("new-york", {"latency_ms": 1500})
    began = time.monotonic()
    async with asyncio.timeout(10):
        while await send() == "new-york":
            pass
    left_after = time.monotonic() - began
    await scene.stack.set_fault("new-york", None)
    began = time.monotonic()
    async with asyncio.timeout(90):
        while await send() != "new-york":
            await asyncio.sleep(0.5)
    back_after = time.monotonic() - began
    sys.stdout.write(json.dumps({"left_s": left_after, "back_s": back_after}))


async def switch(scene: Scene, city: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Do something to a city: its path, what was done, and what undoes it."""
    admin = scene.visitors["admin"]
    path = f"/servers/{(await ids_of(admin))[city]}"
    field = random.choice(("is_on", "is_active"))
    await admin.storage("PATCH", path, json={field: False})
    return path, {field: False}, {field: True}


async def test_a_random_city_every_two_seconds(scene: Scene) -> None:
    """Added, removed, switched off, set inactive, drained and not: all that people see is 503.

    Or 410 for what was just on its way to a city that is removed.
    """
    admin, wanted = scene.visitors["admin"], start_frankfurt(scene.stack)
    is_there = False
    async with scene.suffering(f"a random city changes every {EVERY_SECONDS} s for {SECONDS} s"):
        ends_at = time.monotonic() + SECONDS
        while time.monotonic() < ends_at:
            if random.random() < 0.4:
                is_there = await add_or_remove(admin, wanted, is_there=is_there)
                await asyncio.sleep(EVERY_SECONDS)
                continue
            city = random.choice(OLD)
            if random.random() < 0.3:
                path = f"/servers/{(await ids_of(admin))[city]}/drain"
                await admin.storage("POST", path)
                await asyncio.sleep(EVERY_SECONDS)
                await admin.storage("DELETE", path, 204)
            else:
                path, _, undo = await switch(scene, city)
                await asyncio.sleep(EVERY_SECONDS)
                await admin.storage("PATCH", path, json=undo)
        while is_there:
            is_there = await add_or_remove(admin, wanted, is_there=True)
            await asyncio.sleep(1)


async def add_or_remove(admin: Visitor, wanted: dict[str, Any], *, is_there: bool) -> bool:
    """Whether Frankfurt is there afterwards; while it alone has something it stays."""
    if not is_there:
        await admin.storage("POST", "/servers", 201, json=wanted)
        return True
    path = f"/servers/{(await ids_of(admin))['frankfurt']}"
    url = f"{admin.info['services']['storage']}{path}"
    headers = {"Authorization": f"Bearer {admin.tokens['access_token']}"}
    async with admin.session.delete(url, headers=headers) as answer:
        told = await answer.json()
    assert answer.status == 200 or told["code"] == "SOLE_COPIES", told
    return answer.status != 200


@pytest.mark.browser
async def test_a_fourth_city_is_filled_and_another_emptied_and_removed(scene: Scene) -> None:
    """By the page, while people work; then each file is where it should be, and nowhere else."""
    admin, wanted = scene.visitors["admin"], start_frankfurt(scene.stack)
    by_page = {**account_of(scene.stack), "MERIDIAN_LEAVING": "vladivostok"}
    async with scene.crowd.busy():
        told = await asyncio.to_thread(
            drive,
            "cities.mjs",
            scene.stack,
            PAGE_SECONDS,
            MERIDIAN_CITY=json.dumps(wanted),
            **by_page,
        )
        await asyncio.sleep(2)
    report = json.loads(told)
    assert (report["sole_copies"], report["versions"] > 0) == (0, True)
    assert report["newest_verification"]
    found = await scene.truth.compare_settled(SETTLE_SECONDS)
    assert not scene.crowd.errors, scene.crowd.errors[:3]
    assert set(await ids_of(admin)) == {"new-york", "cape-town", "frankfurt"}
    assert (found.corrupt, found.missing, found.orphans, found.unfinished) == ([], [], [], 0)
    async with asyncio.timeout(SETTLE_SECONDS):
        # What nobody has announced is found late, and travels late.
        while await misplaced(scene):
            await asyncio.sleep(0.5)
    for file_id, digest in scene.crowd.kept.items():
        link = await scene.visitors[BOSTON].storage("GET", f"/files/{file_id}/download")
        content = await scene.visitors[BOSTON].read(link["url"])
        assert hashlib.sha256(content).hexdigest() == digest
