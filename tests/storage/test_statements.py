"""How many statements an operation costs the database, and which write nothing at all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

import shared.db
from services.storage.relay.sweep_uploads import SLOTS_OF_A_SERVER, Sweep
from tests.storage.foldering import make
from tests.storage.parts import open_parts
from tests.storage.sharing import share, somebody
from tests.world.calm import PATIENCE_SECONDS
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import asyncpg

    from shared.db import Pool
    from tests.storage.conftest import Person, Storage

# What a process does for itself beside the requests.
BESIDE = (
    *(
        "storage.jobs",
        "FROM storage.servers WHERE removed_at IS NULL ORDER",
        "storage.server_",
        "storage.sweeps",
        "default_rule",
    ),
    "FROM storage.refused_writes",
    # A connection that meets a type for the first time.
    *("current_setting('jit')", "typeinfo_tree"),
)
HISTORY = "INSERT INTO storage.actions"
LINKS = 16
MAKE_DUE = "UPDATE storage.versions SET next_check_at = now() - interval '1 minute'"
COUNT_DUE = "SELECT count(*) FROM storage.versions WHERE next_check_at < now() + interval '50 s'"
READS = ("SELECT", "WITH")
COUNT_DOWNLOADS = "SELECT count(*) FROM storage.actions WHERE event = 'FILE.DOWNLOAD'"


class Statements:
    """What was sent to the database, but for what a process does for itself."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def note(self, record: asyncpg.connection.LoggedQuery) -> None:
        query = " ".join(record.query.split())
        if not any(word in query for word in BESIDE):
            self.sent.append(query)

    async def of(self, call: Callable[[], Awaitable[Any]]) -> list[str]:
        """What an operation sends, when everything is warm."""
        self.sent.clear()
        await call()
        return list(self.sent)

    async def until_history(self) -> None:
        """Wait until history was written: the database may know it before our side does."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not any(query.startswith(HISTORY) for query in self.sent):
                await asyncio.sleep(0.02)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Statements:
    """Every statement of the connections that are made from now on."""
    statements, set_codecs = Statements(), shared.db.set_codecs

    async def listen(connection: asyncpg.Connection[asyncpg.Record]) -> None:
        await set_codecs(connection)
        connection.add_query_logger(statements.note)

    monkeypatch.setattr(shared.db, "set_codecs", listen)
    return statements


@pytest.fixture
async def person(statements: Statements, storage: Storage, owner_pool: Pool) -> Person:
    """Somebody with a file, whose statements are prepared and whose history is written."""
    person = storage.person()
    file = await person.upload("a.txt", b"abc")
    await person.call("GET", f"/files/{file['id']}/download")
    await person.call("GET", "/files")
    await until_downloads(owner_pool, 1)
    await statements.until_history()
    return person


async def until_downloads(pool: Pool, number: int) -> None:
    """Wait until the history, which is written in batches, has so many."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await pool.fetchval(COUNT_DOWNLOADS) < number:
            await asyncio.sleep(0.02)


async def test_a_download_link_is_one_reading_statement(
    statements: Statements, person: Person, owner_pool: Pool
) -> None:
    file = (await person.call("GET", "/files"))["items"][0]
    sent = await statements.of(lambda: person.call("GET", f"/files/{file['id']}/download"))
    assert len(sent) == 1, sent
    assert sent[0].startswith(READS)
    await until_downloads(owner_pool, 2)


async def test_a_download_link_of_what_others_share_is_one_statement_too(
    statements: Statements, storage: Storage, person: Person, owner_pool: Pool
) -> None:
    owner, reader = somebody(storage), somebody(storage)
    folder = await make(owner, "shared")
    file = await owner.upload("b.txt", b"abc", folder_id=folder)
    await share(owner, f"folders/{folder}", reader)
    await reader.call("GET", f"/files/{file['id']}/download")
    await until_downloads(owner_pool, 2)
    await statements.until_history()
    for path in ("/shared-with-me", f"/files/{file['id']}/download"):
        sent = await statements.of(lambda path=path: reader.call("GET", path))  # type: ignore[misc]
        assert len(sent) == 1, sent
        assert sent[0].startswith(READS)
    await until_downloads(owner_pool, 3)


async def test_what_only_shows_writes_nothing(statements: Statements, person: Person) -> None:
    file = (await person.call("GET", "/files"))["items"][0]
    for path in ("/files", f"/files/{file['id']}", f"/files/{file['id']}/replicas", "/route"):
        sent = await statements.of(lambda path=path: person.call("GET", path))  # type: ignore[misc]
        assert len(sent) <= 2, sent
        assert all(query.startswith(READS) for query in sent), sent


async def test_a_path_costs_no_statement_of_its_own(statements: Statements, person: Person) -> None:
    await person.upload("a.txt", b"abc", folder="/there/below")
    wanted = {"name": "b.txt", "size": 3, "folder": "/there/below"}
    sent = await statements.of(lambda: person.call("POST", "/uploads", 201, json=wanted))
    assert len(sent) == 1, sent
    sent = await statements.of(lambda: person.call("GET", "/files?folder=/there/below"))
    assert len(sent) == 1, sent


async def test_an_upload_costs_five_statements(statements: Statements, person: Person) -> None:
    """One reserves; it is found, held, stored and shown."""
    wanted = {"name": "b.txt", "size": 3}
    link = await statements.of(lambda: person.call("POST", "/uploads", 201, json=wanted))
    whole = await statements.of(lambda: person.upload("c.txt", b"abc"))
    assert len(link) == 1, link
    assert len(whole) == 5, whole


async def test_looks_at_abandoned_links_share_their_statements(
    statements: Statements, storage: Storage, owner_pool: Pool
) -> None:
    """Nobody has to hold what is not there; those who wait together are put off together."""
    person = storage.person(BOSTON)
    for number in range(LINKS):
        await person.call("POST", "/uploads", 201, json={"name": f"{number}", "size": 3})
    async with open_parts(storage) as parts:
        await parts.fleet.refresh()
        sweep = Sweep(parts.pool, parts.fleet, parts.doorbell, 60)
        for _ in range(3):
            await owner_pool.execute(MAKE_DUE)
            sent = await statements.of(lambda: look(sweep))
            assert len(sent) <= 2 * LINKS / SLOTS_OF_A_SERVER + 1, sent
            assert await owner_pool.fetchval(COUNT_DUE) == 0


async def look(sweep: Sweep) -> None:
    """Look at all that is due."""
    while await sweep.sweep():
        await sweep.finish()
