"""The cinema goes on while the services that it stands on are killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.world.people import Visitor
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.faults.conftest import Scene

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

MOST_SECONDS = 120
CINEMA = "cinema"


class Answer(NamedTuple):
    """What the films service said."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]


async def ask(person: Visitor, method: str, path: str, **options: Any) -> Answer:
    headers = {"Authorization": f"Bearer {person.tokens['access_token']}", "X-Fake-IP": BOSTON}
    url = f"{person.info['services']['movies']}/films{path}"
    async with person.session.request(method, url, headers=headers, **options) as answer:
        return Answer(answer.status, answer.headers, await answer.json(content_type=None))


async def add_film(scene: Scene) -> str:
    """A film whose file belongs to the account of the service; its path."""
    admin = scene.visitors["admin"]
    cinema = Visitor(admin.session, admin.info, admin.documents, BOSTON)
    (account,) = (one for one in admin.info["accounts"] if one["username"] == CINEMA)
    await cinema.log_in(CINEMA, account["password"])
    file = (await cinema.upload(f"{time.time_ns()}.mp4", b"moving pictures"))["file"]
    body = {"title": "The Last City", "year": 2024, "file_id": file["id"]}
    # The stack does not wait for the films service when it starts.
    async with asyncio.timeout(MOST_SECONDS):
        while (added := await ask(admin, "POST", "", json=body)).status == 503:
            await asyncio.sleep(0.2)
    assert added.status == 201, added.body
    return f"/{added.body['id']}/play"


async def look(viewer: Visitor, play: str) -> tuple[str, int]:
    """Search, which always answers, and play: who is said to be away, and how playing went."""
    found = await ask(viewer, "GET", "/search")
    assert found.status == 200, found.body
    assert found.body["items"]
    played = await ask(viewer, "GET", play)
    assert played.status == 200 or int(played.headers["Retry-After"]) > 0
    return found.headers.get("X-Degraded", ""), played.status


@pytest.mark.parametrize(
    ("service", "called", "outcome"), [("auth", "accounts", 200), ("storage", "storage", 503)]
)
async def test_films_go_on(scene: Scene, service: str, called: str, outcome: int) -> None:
    viewer, play = scene.visitors[BOSTON], await add_film(scene)
    assert await look(viewer, play) == ("", 200)
    seen: set[int] = set()
    away, began = "", time.monotonic()
    async with asyncio.timeout(MOST_SECONDS):
        while away != called or outcome not in seen:
            with suppress(ProcessLookupError):
                if pid := scene.stack.pid(service):
                    os.kill(pid, signal.SIGKILL)
            away, status = await look(viewer, play)
            seen.add(status)
            await asyncio.sleep(0.1)
        lost = time.monotonic()
        while await look(viewer, play) != ("", 200):
            await asyncio.sleep(0.1)
    assert seen <= {200, outcome}
    sys.stdout.write(f"{service}: killed for {lost - began:.1f} s, {time.monotonic() - lost:.1f} s")
