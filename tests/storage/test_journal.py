"""Lines of the history that no request waits for: written soon, all, and once."""

from __future__ import annotations

import asyncio
import uuid
from ipaddress import ip_address
from typing import TYPE_CHECKING

import asyncpg
import pytest

from services.storage.caller import Caller
from services.storage.history import journal as module
from services.storage.history.actions import NewAction
from services.storage.history.events import ActionEvent
from services.storage.history.journal import DROPPED, Journal, running_journal
from shared.geo import Place

if TYPE_CHECKING:
    from asyncpg import Record

    from shared.db import Pool
    from tests.conftest import Database

CALLER = Caller(uuid.uuid4(), ip_address("203.0.113.9"), Place(mode="drawn"))


def note(journal: Journal, name: str = "a.txt") -> None:
    """Note a download."""
    action = NewAction(
        owner_id=uuid.uuid4(),
        event=ActionEvent.FILE_DOWNLOAD,
        object_id=uuid.uuid4(),
        data={"name": name},
    )
    journal.note(CALLER, action)


async def written(pool: Pool) -> list[str]:
    """The names in the history, in the order of its lines."""
    lines: list[Record] = await pool.fetch("SELECT data FROM storage.actions ORDER BY id")
    return [line["data"]["name"] for line in lines]


async def until_written(pool: Pool, count: int) -> None:
    """Wait for so many lines."""
    async with asyncio.timeout(10):
        while len(await written(pool)) < count:
            await asyncio.sleep(0.02)


async def test_lines_come_in_their_order_and_with_the_moment_they_were_noted(
    owner_pool: Pool,
) -> None:
    journal = Journal(owner_pool)
    names = [f"{number}.txt" for number in range(1200)]
    for name in names:
        note(journal, name)
    before = await owner_pool.fetchval("SELECT now()")
    await journal.flush()
    assert await written(owner_pool) == names
    assert await owner_pool.fetchval("SELECT max(created_at) FROM storage.actions") < before


async def test_nobody_has_to_ask_for_writing(owner_pool: Pool) -> None:
    async with running_journal(owner_pool) as journal:
        note(journal)
        await until_written(owner_pool, 1)


async def test_the_last_lines_are_written_at_the_end(owner_pool: Pool) -> None:
    async with running_journal(owner_pool) as journal:
        note(journal)
    assert await written(owner_pool) == ["a.txt"]


async def test_lines_wait_while_the_database_is_away(
    database: Database, owner_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
    name = database.owner.rpartition("/")[2]
    async with running_journal(owner_pool) as journal:
        note(journal, "before")
        await until_written(owner_pool, 1)
        await _set_connections(database, name, allowed=False)
        await owner_pool.expire_connections()
        note(journal, "meanwhile")
        with pytest.raises(asyncpg.PostgresError):
            await journal.flush()
        await _set_connections(database, name, allowed=True)
        await until_written(owner_pool, 2)
    assert await written(owner_pool) == ["before", "meanwhile"]


async def _set_connections(database: Database, name: str, *, allowed: bool) -> None:
    other = await asyncpg.connect(f"{database.owner.rpartition('/')[0]}/postgres")
    await other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}")
    await other.close()


async def test_a_line_that_is_refused_takes_no_other_with_it(owner_pool: Pool) -> None:
    before = _dropped()
    journal = Journal(owner_pool)
    for name in ("first", "no\0good", "last"):
        note(journal, name)
    await journal.flush()
    assert await written(owner_pool) == ["first", "last"]
    assert _dropped() == before + 1


async def test_what_is_too_much_is_counted(
    owner_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_LINES", 3)
    before = _dropped()
    journal = Journal(owner_pool)
    for _ in range(5):
        note(journal)
    await journal.flush()
    assert len(await written(owner_pool)) == 3
    assert _dropped() == before + 2


def _dropped() -> float:
    (metric,) = DROPPED.collect()
    return metric.samples[0].value
