"""Lists read page by page while rows come and go: what stands is seen once."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.storage.files.listing import SORT_COLUMNS
from services.storage.lists import ORDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.db import Connection, Pool
    from tests.storage.conftest import Person, Storage

EXAMPLES = 100
START = datetime(2026, 5, 1, tzinfo=UTC)
IN_FOLDER = uuid.UUID(int=7)
FOLDER = "INSERT INTO storage.folders (owner_id, id, name, name_key) VALUES ($1, $2, 'f', 'f')"
FILES = """
WITH made AS (
    SELECT * FROM unnest($4::uuid[], $5::text[], $6::text[], $7::bigint[], $8::timestamptz[],
        $9::timestamptz[]) AS made (id, name, name_key, size, created_at, updated_at)
), versions AS (
    INSERT INTO storage.versions (owner_id, id, file_id, number, key, size, content_type, state,
        upload_server_id, upload_expires_at)
    SELECT $1, id, id, 1, id::text, size, 'text/plain', 'STORED', $3, now() FROM made
)
INSERT INTO storage.files (owner_id, folder_id, id, name, name_key, name_fold, sort_version,
    current_version_id, current_number, size, created_at, updated_at)
SELECT $1, $2, id, name, name_key, name, 1, id, 1, size, created_at, updated_at FROM made
"""
FOLDERS = """
INSERT INTO storage.folders (owner_id, parent_id, id, name, name_key, sort_version)
SELECT $1, $2, id, name, name_key, 1
FROM unnest($3::uuid[], $4::text[], $5::text[]) AS made (id, name, name_key)
"""
DELETE = "UPDATE storage.{} SET deleted_at = now() WHERE owner_id = $1 AND id = ANY($2)"
LISTS = {
    **{
        f"files?{where}&sort={sort}&order={order}": "files"
        for where in (f"folder_id={IN_FOLDER}", f"folder_id={IN_FOLDER}&deep=true", "q=a")
        for sort in SORT_COLUMNS
        for order in ORDERS
    },
    f"folders?parent_id={IN_FOLDER}": "folders",
}


@dataclass(frozen=True, slots=True)
class Row:
    """What may be listed; few values, so that many are alike in what they are sorted by."""

    key: int
    size: int
    created: int
    updated: int
    stays: bool


ROWS = st.builds(
    Row,
    key=st.integers(0, 3),
    size=st.integers(0, 2),
    created=st.integers(0, 3),
    updated=st.integers(0, 3),
    stays=st.booleans(),
)

# Rows that come, and numbers of those that go.
Change = tuple[list[Row], list[int]]
CHANGES = st.tuples(st.lists(ROWS, max_size=4), st.lists(st.integers(0, 9), max_size=4))


@dataclass(slots=True)
class Shelf:
    """The rows of a person, and how they come and go."""

    pool: Pool
    person: Person
    server_id: uuid.UUID
    table: str
    passing: list[uuid.UUID] = field(default_factory=list)
    standing: set[str] = field(default_factory=set)

    async def change(self, fresh: Sequence[Row], gone: Sequence[int]) -> None:
        """Put some rows in and take some of those that do not stay out, in one transaction."""
        ids = [uuid.uuid4() for _ in fresh]
        picked = {self.passing[number % len(self.passing)] for number in gone if self.passing}
        self.passing = [one for one in self.passing if one not in picked]
        for one, row in zip(ids, fresh, strict=True):
            if row.stays:
                self.standing = self.standing | {str(one)}
            else:
                self.passing.append(one)
        async with self.pool.acquire() as db, db.transaction():
            await db.execute("SET LOCAL session_replication_role = replica")
            await db.execute(DELETE.format(self.table), self.person.id, [*picked])
            await self._insert(db, ids, fresh)

    async def _insert(self, db: Connection, ids: list[uuid.UUID], rows: Sequence[Row]) -> None:
        names = [f"a{row.key} {one}" for one, row in zip(ids, rows, strict=True)]
        keys = [f"a{row.key}" for row in rows]
        if self.table == "folders":
            await db.execute(FOLDERS, self.person.id, IN_FOLDER, ids, names, keys)
            return
        moments = [
            [START + timedelta(microseconds=value) for value in values]
            for values in ([row.created for row in rows], [row.updated for row in rows])
        ]
        sizes = [row.size for row in rows]
        where = (self.person.id, IN_FOLDER, self.server_id)
        await db.execute(FILES, *where, ids, names, keys, sizes, *moments)


@given(
    listed=st.sampled_from([*LISTS]),
    limit=st.integers(1, 4),
    first=st.lists(ROWS, min_size=1, max_size=16),
    changes=st.lists(CHANGES, max_size=8),
)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
async def test_what_stands_is_seen_once_while_others_come_and_go(
    storage: Storage,
    owner_pool: Pool,
    listed: str,
    limit: int,
    first: list[Row],
    changes: list[Change],
) -> None:
    person = storage.person()
    shelf = Shelf(owner_pool, person, storage.servers["new-york"].id, LISTS[listed])
    await owner_pool.execute(FOLDER, person.id, IN_FOLDER)
    await shelf.change(first, [])
    standing = shelf.standing
    seen: list[str] = []
    waiting = iter(changes)
    cursor = ""
    while True:
        reading = person.call("GET", f"/{listed}&limit={limit}{cursor}")
        page, _ = await asyncio.gather(reading, shelf.change(*next(waiting, ([], []))))
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len({*seen}), "something was shown twice"
    assert standing <= {*seen}, "something that stood all the time was missed"
