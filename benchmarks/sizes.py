"""What people ask for, by how much they have: processor time of PostgreSQL for one statement.

On a PostgreSQL of its own, where people with more and more files live among 300,000 of others.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from benchmarks.figures import Figure
from benchmarks.own_database import own_database
from benchmarks.reserving import reserving
from loadtest.processes import cpu_seconds
from services.storage.downloads.held import find_held
from services.storage.files.listing import Listing, list_files
from services.storage.history.listing import ActionFilter, list_actions
from services.storage.uploads.own_uploads import list_own_uploads

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeAlias

    from benchmarks.bench import Bench
    from shared.db import Connection

    Ask: TypeAlias = Callable[[Connection], Awaitable[object]]

SIZES: Final = (10, 1_000, 10_000, 100_000)
OTHERS: Final = 750
FEW: Final = 200
MILLION: Final = 1_000_000
# Ten million rows in all, for a file has six: with its version, three copies and its history.
OTHERS_OF_MILLION: Final = 1_670
FILES_OF_OTHERS: Final = 400
PAGE: Final = 50
WARM: Final = 10
TIMES: Final = 1000
# As long as a search takes when it looks at everything somebody has.
FEWER_TIMES: Final = 50
MILLI: Final = 1000
# A person is known by how much they have; the first of their folders holds every other file.
FILL: Final = """
SET session_replication_role = replica;
SET synchronous_commit = off;
INSERT INTO storage.servers (id, name, endpoint, public_endpoint, bucket, access_key,
    secret_key_encrypted, hook_secret_hash, city, zone, latitude, longitude)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'city-' || n, '', '', '', '', '', '', '', 'zone-' || n,
    n * 10, n * 20 FROM generate_series(1, 3) AS n;
CREATE TEMPORARY TABLE made AS
SELECT lpad(person::text, 32, '0')::uuid AS owner_id, storage.new_id() AS id,
    storage.new_id() AS version_id, number,
    now() - make_interval(secs => number) AS created_at
FROM (SELECT unnest(ARRAY[{sizes}]) AS person, unnest(ARRAY[{sizes}]) AS files
    UNION ALL SELECT 1000000000 + n, {files_of_others} FROM generate_series(1, {others}) AS n
) AS people CROSS JOIN LATERAL generate_series(1, files) AS number;
INSERT INTO storage.folders (owner_id, id, name, name_key)
SELECT DISTINCT owner_id, owner_id, 'photos', 'photos' FROM made;
INSERT INTO storage.files (owner_id, id, folder_id, name, name_key, name_fold, sort_version,
    current_version_id, current_number, size, created_at, updated_at, trashed_at)
SELECT owner_id, id, CASE WHEN number % 2 = 0 THEN owner_id END, 'file ' || number,
    'file ' || lpad(number::text, 9, '0'), 'file ' || number, 1, version_id, 1,
    number::bigint * 7919 % 100003, created_at, created_at,
    CASE WHEN number % 40 = 1 THEN now() END FROM made;
INSERT INTO storage.versions (owner_id, id, file_id, number, key, size, content_type, state,
    upload_server_id, upload_expires_at, stored_at, created_by, created_at)
SELECT owner_id, version_id, id, 1, version_id::text, 1000, 'text/plain',
    CASE WHEN number % 1000 = 7 THEN 'PENDING' ELSE 'STORED' END, lpad('1', 32, '0')::uuid, now(),
    CASE WHEN number % 1000 <> 7 THEN now() END, owner_id, created_at FROM made;
INSERT INTO storage.replicas (owner_id, version_id, server_id, state, verified_at)
SELECT owner_id, version_id, lpad(n::text, 32, '0')::uuid, 'READY', now()
FROM made CROSS JOIN generate_series(1, 3) AS n WHERE number % 1000 <> 7;
INSERT INTO storage.actions (owner_id, user_id, event, object_id, data)
SELECT owner_id, owner_id, 'FILE.UPLOAD', id, '{{}}' FROM made;
ANALYZE storage.files, storage.versions, storage.replicas, storage.servers, storage.folders,
    storage.actions
"""
FROM_THE_MIDDLE: Final = "SELECT id FROM storage.actions WHERE owner_id = $1 OFFSET $2 LIMIT 1"
A_FILE: Final = "SELECT id FROM storage.files WHERE owner_id = $1 AND trashed_at IS NULL LIMIT 1"
NOBODY: Final = UUID(int=0)


async def measure_sizes(_bench: Bench) -> list[Figure]:
    """Every question, of everybody."""
    return await _measure_people(SIZES, OTHERS)


async def measure_million(_bench: Bench) -> list[Figure]:
    """Every question, of one with a million files among ten million rows, and of one alone."""
    alone = await _measure_people((FEW,), 0)
    return [*alone, *await _measure_people((FEW, MILLION), OTHERS_OF_MILLION)]


async def _measure_people(sizes: tuple[int, ...], others: int) -> list[Figure]:
    """Fill a database with people who have so many files, and ask for each of them."""
    named = ", ".join(map(str, sizes))
    fill = FILL.format(sizes=named, files_of_others=FILES_OF_OTHERS, others=others)
    began = time.perf_counter()
    async with own_database(fill) as pool, pool.acquire() as db:
        taken = time.perf_counter() - began
        among = f", {others:,} others"
        figures = [Figure(name=f"fill{among}", value=taken, unit="s", more_is_better=False)]
        for files in sizes:
            for name, ask in (await _questions(db, files)).items():
                figures.append(await _measure(db, f"{name}, {files:,} files{among}", ask))
    return figures


async def _questions(db: Connection, files: int) -> dict[str, Ask]:
    person = UUID(f"{files:032d}")
    newest = Listing(limit=PAGE + 1)
    by_name = replace(newest, sort="name", order="asc")
    middle = f"file {files // 2:09d}", NOBODY
    line = await db.fetchval(FROM_THE_MIDDLE, person, files // 2)
    file = await db.fetchval(A_FILE, person)
    listings = {
        "list, first 50": newest,
        "by name": by_name,
        "by name, from the middle": replace(by_name, after=middle),
        "by size": replace(newest, sort="size"),
        "a folder by its path": replace(by_name, in_folder=True, path=("photos",)),
        "search by part of a name": replace(newest, text="ile 7"),
        "trash": replace(newest, trashed=True),
    }
    asked: dict[str, Ask] = {name: _listing(person, one) for name, one in listings.items()}
    mine = ActionFilter(owner_id=person)
    return asked | {
        "unfinished uploads": lambda db: list_own_uploads(db, person, None, PAGE),
        "history": lambda db: list_actions(db, mine, None, PAGE),
        "history from the middle": lambda db: list_actions(db, mine, line, PAGE),
        "download link": lambda db: find_held(db, person, file),
        "upload link": await reserving(db, person),
    }


def _listing(person: UUID, listing: Listing) -> Ask:
    return lambda db: list_files(db, person, listing)


async def _measure(db: Connection, name: str, ask: Ask) -> Figure:
    for _ in range(WARM):
        await ask(db)
    times = FEWER_TIMES if name.startswith("search") else TIMES
    pid = db.get_server_pid()
    before = cpu_seconds([pid])
    for _ in range(times):
        await ask(db)
    taken = cpu_seconds([pid]) - before
    return Figure(name=name, value=MILLI * taken / times, unit="ms cpu", more_is_better=False)
