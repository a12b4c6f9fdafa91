"""PostgreSQL, Valkey and the cities, as they are started for the services."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest
from redis.asyncio import Redis

from services.local.process.child import Command, start_child
from services.local.process.guard import start_guard
from services.local.process.ports import is_free
from services.local.process.reason import ChildError, ending
from services.local.process.stack import Stack
from services.local.process.tool import program_name
from services.local.run.home import LocalError, open_home
from services.local.run.plan import Plan, make_plan
from services.local.servers.start import all_of, local_servers, start_data

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def data_servers(folder: Path) -> AsyncIterator[Plan]:
    """Run PostgreSQL and Valkey in a home."""
    home = open_home(folder)
    with start_guard() as guard:
        plan = make_plan(home)
        stack = Stack(guard, home.logs, lambda name, seconds: None)
        try:
            await start_data(plan, stack)
            yield plan
        finally:
            await stack.stop()


async def test_data_survives_a_restart(tmp_path: Path) -> None:
    # As after an initdb that was killed.
    (tmp_path / "postgres" / "unfinished").mkdir(parents=True)
    (tmp_path / "postgres" / "unfinished" / "PG_VERSION").write_text("18")
    async with data_servers(tmp_path) as plan:
        database = await asyncpg.connect(plan.postgres.url())
        assert await database.fetchval("SHOW fsync") == "on"
        assert await database.fetchval("SELECT lower('ЖÉ')") == "жé"
        await database.execute("CREATE TABLE kept (answer int); INSERT INTO kept VALUES (42)")
        await database.close()
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(plan.postgres.url(password="wrong"))
        async with Redis.from_url(plan.valkey.url) as redis:
            policy = await redis.config_get("maxmemory-policy")
            assert policy == {"maxmemory-policy": "noeviction"}
            await redis.xadd("kept", {"answer": "42"})
    assert is_free(plan.postgres.port)
    # As after a kill, when another process has its number by now.
    (plan.postgres.cluster / "postmaster.pid").write_text("1\n")
    async with data_servers(tmp_path) as again:
        database = await asyncpg.connect(again.postgres.url())
        assert await database.fetchval("SELECT answer FROM kept") == 42
        await database.close()
        async with Redis.from_url(again.valkey.url) as redis:
            assert await redis.xlen("kept") == 1
    assert [edge.endpoint for edge in again.edges] == [edge.endpoint for edge in plan.edges]


async def test_one_that_cannot_start_ends_the_rest_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "valkey").mkdir()
    (tmp_path / "valkey" / "appendonlydir").touch()
    with pytest.raises(ChildError, match=r"valkey ended with code 1[\s\S]*appendonlydir"):
        await local_servers(tmp_path).__aenter__()
    ports = open_home(tmp_path).read("ports.json")
    assert all(is_free(int(str(port))) for port in ports.values())


@pytest.mark.parametrize(
    ("said", "because"),
    [
        ("bind: Address already in use", "another program listens on its port"),
        ("could not write: No space left on device", "the disk is full"),
        ("open: Permission denied", "a file may not be read, written or run by this user"),
    ],
)
async def test_the_last_words_are_explained(tmp_path: Path, said: str, because: str) -> None:
    home = open_home(tmp_path)
    with start_guard() as guard:
        command = Command(
            name="sayer", argv=("sh", "-c", f"echo '{said}'; exit 3"), env={}, ready=_never
        )
        child = await start_child(command, guard, home.logs)
        with pytest.raises(LocalError) as raised:
            await child.until_ready()
    assert str(raised.value) == f"sayer ended with code 3: {because}\n    {said}"


async def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    command = Command(name="nobody", argv=("/no/such/program",), env={}, ready=_never)
    with start_guard() as guard, pytest.raises(ChildError, match="nobody could not be started"):
        await start_child(command, guard, home.logs)


async def test_the_first_error_is_raised_as_it_is() -> None:
    async def fail() -> None:
        raise LocalError("because")

    with pytest.raises(LocalError, match="because"):
        await all_of(asyncio.sleep(60), all_of(asyncio.sleep(60), fail()))


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (("/usr/bin/python3", "-m", "services.auth", "ensure-accounts"), "services.auth"),
        (("unshare", "--user", "/opt/bin/initdb", "-D", "data"), "initdb"),
    ],
)
def test_programs_are_named_as_people_name_them(argv: tuple[str, ...], name: str) -> None:
    assert program_name(argv) == name


def test_endings_are_named() -> None:
    assert ending(2) == "ended with code 2"
    assert ending(-9) == "was ended by SIGKILL"


async def _never() -> bool:
    return False
