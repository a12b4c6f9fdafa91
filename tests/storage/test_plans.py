"""Lists stay quick in a large database: what PostgreSQL does for each when it sees no argument.

40,000 files of one person lie among 120,000 of 750 others; 400 are shared with another by name.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import pytest

from services.storage.downloads.held import FIND_HELD
from services.storage.files.files import FIND_FILE
from services.storage.files.listing import SORT_COLUMNS, Listing, compose
from services.storage.grants.grants import BEHIND_ALL
from services.storage.grants.shared_with_me import LIST_SHARED
from services.storage.hls.found import FIND_FILES
from services.storage.lists import ORDERS
from services.storage.servers.health_changes import LIST_CHANGES
from services.storage.servers.objects import SAMPLE, SAMPLE_KEYS
from shared.catalog.figures import COUNT_FIGURES
from tests.storage.plans import explain, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Database

ANN, FOLDER, HERE, BOB = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=5)
SMALL, WIDE = UUID(int=6), UUID(int=7)
FILES, FEW = 40_000, 5
LIMIT = 51
# For a row of a page: some levels of the indexes of its version, its copies and their server.
MOST_BLOCKS_A_ROW = 40
LARGE = {"files", "versions", "replicas", "folders", "grants", "health_changes"}
# To find one thing, whoever asks: some levels of some indexes.
MOST_BLOCKS_OF_ONE = 100
# It looks at all files of a person, and at nobody else's.
SEARCH = "found by a part of the name"

FILL = f"""
SET session_replication_role = replica;
INSERT INTO storage.servers (id, name, endpoint, public_endpoint, bucket, access_key,
    secret_key_encrypted, hook_secret_hash, city, zone, latitude, longitude)
VALUES ('{HERE}', 'here', '', '', '', '', '', '', '', '', 0, 0);
INSERT INTO storage.folders (owner_id, id, parent_id, name, name_key) VALUES
    ('{ANN}', '{WIDE}', NULL, 'w', 'w'), ('{ANN}', '{FOLDER}', '{WIDE}', 'x', 'x'),
    ('{ANN}', '{SMALL}', NULL, 's', 's');
INSERT INTO storage.folders (owner_id, parent_id, name, name_key)
SELECT '{ANN}', CASE WHEN number > {FEW} THEN '{WIDE}'::uuid ELSE '{SMALL}' END,
    number::text, number::text FROM generate_series(1, 200) AS number;
INSERT INTO storage.folders (owner_id, id, name, name_key)
SELECT CASE WHEN number % 20 = 0 THEN '{ANN}'::uuid
        ELSE lpad(to_hex(number % 1000 + 16), 32, '0')::uuid END,
    gen_random_uuid(), number::text, number::text FROM generate_series(1, 20000) AS number;
INSERT INTO storage.folders (owner_id, id, name, name_key)
SELECT lpad(to_hex(number + 16), 32, '0')::uuid, lpad(to_hex(number + 16), 32, '0')::uuid, 'y', 'y'
FROM generate_series(0, 999) AS number;
CREATE TEMPORARY TABLE made AS
SELECT CASE WHEN number % 4 = 0 THEN '{ANN}'::uuid
        ELSE lpad(to_hex(number % 1000 + 16), 32, '0')::uuid END AS owner_id,
    gen_random_uuid() AS id, gen_random_uuid() AS version_id, number
FROM generate_series(1::bigint, 4 * {FILES}) AS number;
INSERT INTO storage.files (owner_id, id, folder_id, name, name_key, name_fold, sort_version,
    current_version_id, current_number, size, created_at, updated_at, trashed_at)
SELECT owner_id, id, CASE WHEN owner_id <> '{ANN}' THEN owner_id
        WHEN number % 8 = 0 THEN '{FOLDER}'::uuid
        WHEN number < {8 * FEW} THEN '{SMALL}'::uuid END,
    'file ' || number, lpad(number::text, 9, '0'), 'file ' || number, 1, version_id, 1,
    number * 7919 % 100003, now() - make_interval(secs => number),
    now() - make_interval(secs => number * 7919 % 100003),
    CASE WHEN number % 40 = 0 THEN now() END
FROM made;
INSERT INTO storage.versions (owner_id, id, file_id, number, key, size, content_type, state,
    upload_server_id, upload_expires_at)
SELECT owner_id, version_id, id, 1, version_id::text, 1, 'text/plain', 'STORED',
    '{HERE}', now() FROM made;
INSERT INTO storage.replicas
    (owner_id, version_id, server_id, state, is_bulk, updated_at, verified_at)
SELECT owner_id, version_id, '{HERE}', 'READY', number % 4000 > 0, now() - interval '30 minutes',
    CASE WHEN number % 100 > 0 THEN now() - make_interval(secs => number) END
FROM made;
INSERT INTO storage.grants (owner_id, id, user_id, file_id, access)
SELECT owner_id, gen_random_uuid(),
    CASE WHEN number % 400 = 4 THEN '{BOB}'::uuid
        ELSE lpad(to_hex(number % 4999 + 5000), 32, '0')::uuid END, id, 'read'
FROM made WHERE number % 2 = 0;
INSERT INTO storage.health_changes (server_id, id, state, takes_writes, at)
SELECT CASE WHEN number % 2 = 0 THEN '{HERE}'::uuid ELSE gen_random_uuid() END,
    storage.new_id(), 'online', true, now() FROM generate_series(1, 20000) AS number;
ANALYZE storage.files, storage.versions, storage.replicas, storage.folders, storage.servers,
    storage.grants, storage.health_changes
"""
# One of Ann's files that Bob was given, too.
GIVEN = "SELECT file_id FROM storage.grants WHERE user_id = $1 LIMIT 1"
# What a playlist in the folder may name: a path and a name for each of as many files as a page has.
SEGMENTS = ",".join(f"file {number}" for number in range(8, 40 * LIMIT, 40))
PATHS = ",".join(['""'] * LIMIT)
OF_ONE = {"a file": FIND_FILE, "a download": FIND_HELD}
PLACES = {
    "everything": Listing(limit=LIMIT),
    "at the top": Listing(limit=LIMIT, in_folder=True),
    "in a folder": Listing(limit=LIMIT, in_folder=True, folder_id=FOLDER),
    "below a folder": Listing(limit=LIMIT, in_folder=True, folder_id=FOLDER, deep=True),
}
BELOW = Listing(limit=LIMIT, in_folder=True, deep=True)
# Of many folders that hold much, and of few that hold little: the blocks that each may take.
BELOW_FOLDERS = {WIDE: MOST_BLOCKS_A_ROW * LIMIT, SMALL: MOST_BLOCKS_A_ROW * FEW}
MIDDLE: dict[str, str | int] = {"name": "000080000", "size": 50_000}


def listings() -> Iterator[tuple[str, Listing]]:
    """Every list there is, from its beginning and from a row in the middle."""
    for where, place in PLACES.items():
        for sort in SORT_COLUMNS:
            for order in ORDERS:
                name = f"{where} by {sort} {order}"
                listing = replace(place, sort=sort, order=order)
                yield name, listing
                if sort in MIDDLE:
                    yield f"{name}, later", replace(listing, after=(MIDDLE[sort], UUID(int=4)))
    yield "the trash", Listing(limit=LIMIT, trashed=True)
    yield SEARCH, Listing(limit=LIMIT, text="FILE 1")


def read_whole(plan: dict[str, Any]) -> list[str]:
    """What is read of everybody."""
    return [
        f"reads all of {node['Relation Name']}"
        for node in nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in LARGE
    ]


def faults(plan: dict[str, Any]) -> list[str]:
    """What would take longer the more there is."""
    found = read_whole(plan)
    for node in nodes(plan):
        if node["Node Type"] == "Sort" and node["Plans"][0]["Actual Rows"] > LIMIT:
            found.append(f"sorts {node['Plans'][0]['Actual Rows']} rows")
    blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    if blocks > MOST_BLOCKS_A_ROW * LIMIT:
        found.append(f"reads {blocks} blocks")
    return found


def faults_of_one(plan: dict[str, Any], most_blocks: int = MOST_BLOCKS_OF_ONE) -> list[str]:
    """What would take longer the more there is, where one thing is looked for."""
    blocks = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return read_whole(plan) + ([f"reads {blocks} blocks"] if blocks > most_blocks else [])


@pytest.mark.timeout(300)
async def test_no_list_takes_longer_the_more_there_is(database: Database) -> None:
    db = await asyncpg.connect(database.owner)
    try:
        await db.execute(FILL)
        await db.execute("SET plan_cache_mode = force_generic_plan; SET jit = off")
        found = {}
        for name, listing in listings():
            statement, arguments = compose(ANN, listing)
            plan = await explain(db, statement, *arguments)
            assert plan["Actual Rows"] == LIMIT, name
            found[name] = read_whole(plan) if name == SEARCH else faults(plan)
        for sort, (folder, most) in product(SORT_COLUMNS, BELOW_FOLDERS.items()):
            statement, arguments = compose(ANN, replace(BELOW, folder_id=folder, sort=sort))
            plan = await explain(db, statement, *arguments)
            assert plan["Actual Rows"] == (LIMIT if folder == WIDE else FEW)
            found[f"below folder {folder.int} by {sort}"] = faults_of_one(plan, most)
        found["shared with me"] = faults(await explain(db, LIST_SHARED, BOB, BEHIND_ALL, LIMIT))
        plan = await explain(db, LIST_CHANGES, HERE, BEHIND_ALL, LIMIT)
        assert plan["Actual Rows"] == LIMIT
        found["the states of a server"] = faults(plan)
        plan = await explain(db, SAMPLE_KEYS, HERE)
        assert plan["Actual Rows"] == 2 * SAMPLE
        found["a sample of a server"] = faults(plan)
        plan = await explain(db, COUNT_FIGURES)
        found["figures of a back-fill"] = faults_of_one(plan, MOST_BLOCKS_A_ROW * LIMIT)
        wanted = (ANN, FOLDER, "{}", f"{{{PATHS}}}", f"{{{SEGMENTS}}}")
        found["a playlist"] = faults(plan := await explain(db, FIND_FILES, *wanted))
        assert plan["Actual Rows"] == LIMIT
        (lookup,) = (node for node in nodes(plan) if node.get("Relation Name") == "files")
        assert lookup["Index Name"] == "files_one_name"
        assert "folder_id" in lookup["Index Cond"]
        file_id = await db.fetchval(GIVEN, BOB)
        for name, statement in OF_ONE.items():
            for person in (ANN, BOB):
                plan = await explain(db, statement, person, file_id)
                assert plan["Actual Rows"] == 1, name
                found[f"{name} of {person.int}"] = faults_of_one(plan)
    finally:
        await db.close()
    assert len(found) > 40
    wrong = [f"{name}: {one}" for name, those in found.items() for one in those]
    assert not wrong, "\n".join(wrong)
