"""What is seen of a stack from outside: its processes as they are now, and what waits."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from loadtest.accounts import Account
from loadtest.capacity.chief import Chief
from loadtest.capacity.watch import Watch
from loadtest.soak.growth import restarted
from loadtest.stack import RUN_FILE, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_aiohttp import AiohttpServer

LOGIN = "/auth/api/v1/login"
REPLICATION = "/storage/api/v1/admin/replication"
BUSY = "while True: pass"


@contextmanager
def running(home: Path) -> Iterator[None]:
    """A busy process that run.json names as that of storage."""
    with subprocess.Popen((sys.executable, "-c", BUSY)) as process:
        told = {"pids": {"stack": os.getpid(), "storage": process.pid}}
        (home / RUN_FILE).write_text(json.dumps(told), encoding="utf-8")
        try:
            yield
        finally:
            process.kill()


def watched(home: Path, address: str) -> Watch:
    run = json.loads((home / RUN_FILE).read_text(encoding="utf-8"))
    stack = Stack(address, home, run)
    return Watch(stack, Chief(stack, Account("admin", "secret")), os.getpid())


def test_a_process_that_was_started_again_is_no_calm_one(tmp_path: Path) -> None:
    with running(tmp_path):
        watch = watched(tmp_path, "http://127.0.0.1:1")
        samples = [watch.look(), watch.look()]
        assert restarted(samples) == []
    samples.append(watch.look())
    with running(tmp_path):
        samples.append(watch.look())
    assert samples[-1].memory["storage"] > 0
    assert all(sample.cpu["storage"] >= 0 for sample in samples)
    assert restarted(samples) == restarted(samples[-2:]) == ["storage"]


class Api:
    """What may be asked, where a token is good for `uses` questions and `seconds`."""

    def __init__(self, uses: int, seconds: float) -> None:
        self.logins = 0
        self._uses, self._seconds, self._left = uses, seconds, 0

    async def log_in(self, _: web.Request) -> web.Response:
        self.logins += 1
        self._left = self._uses
        return web.json_response({"access_token": "token", "expires_in": self._seconds})

    async def show(self, request: web.Request) -> web.Response:
        self._left -= 1
        if self._left < 0 or request.headers["Authorization"] != "Bearer token":
            return web.json_response({"code": "UNAUTHENTICATED"}, status=401)
        return web.json_response({"items": [{"backlog": 3}, {"backlog": 4}]})


@pytest.mark.parametrize(
    ("uses", "seconds", "seen", "logins"),
    [(9, 600, [7, 7], 1), (1, 0, [7, 7], 2), (0, 600, [None, None], 1)],
    ids=("lives", "ends", "refused"),
)
async def test_what_waits_is_known_or_unknown_and_never_none(
    aiohttp_server: AiohttpServer,
    tmp_path: Path,
    uses: int,
    seconds: float,
    seen: list[Any],
    logins: int,
) -> None:
    api, app = Api(uses, seconds), web.Application()
    app.router.add_post(LOGIN, api.log_in)
    app.router.add_get(REPLICATION, api.show)
    server = await aiohttp_server(app)
    with running(tmp_path):
        watch = watched(tmp_path, str(server.make_url("")).rstrip("/"))
        found = [(await asyncio.to_thread(watch.look)).backlog for _ in seen]
    assert (found, api.logins) == (seen, logins)
