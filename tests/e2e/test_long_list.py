"""A list of very many files is scrolled in a browser: how long its frames take.

Filling it takes long, so it runs when it is asked for: MERIDIAN_LONG_LIST=100000.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

import asyncpg
import pytest

from tests.e2e.driving import account_of, drive
from tests.faults.truth import truth_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world.stack import Stack

FILES: Final = int(os.environ.get("MERIDIAN_LONG_LIST", "0"))
MOST_SECONDS: Final = 300
# A frame at 20 a second.
LONGEST_MS: Final = 50
# Stored in all cities, without an object, which no list asks for.
MAKE: Final = """
CREATE TEMPORARY TABLE made AS
SELECT (SELECT id FROM auth.users WHERE username = '{username}') AS owner_id,
    gen_random_uuid() AS id, gen_random_uuid() AS version_id, number,
    now() - make_interval(secs => number) AS at
FROM generate_series(1, {count}) AS number;
INSERT INTO storage.files (owner_id, id, name, name_key, name_fold, sort_version,
    current_version_id, current_number, size, created_at, updated_at)
SELECT owner_id, id, 'photo ' || number || '.jpg',
    'photo ' || lpad(length(number::text)::text, 3, '0') || number || '.jpg',
    'photo ' || number || '.jpg', 1, version_id, 1, number * 37, at, at FROM made;
INSERT INTO storage.versions (owner_id, id, file_id, number, key, size, content_type, state,
    upload_server_id, upload_expires_at)
SELECT owner_id, version_id, id, 1, version_id::text, number * 37, 'image/jpeg', 'STORED',
    (SELECT id FROM storage.servers ORDER BY name LIMIT 1), at FROM made;
INSERT INTO storage.replicas (owner_id, version_id, server_id, state, verified_at)
SELECT owner_id, version_id, servers.id, 'READY', at FROM made CROSS JOIN storage.servers;
"""


@pytest.mark.browser
@pytest.mark.skipif(not FILES, reason="it runs when MERIDIAN_LONG_LIST says how many files")
@pytest.mark.timeout(2 * MOST_SECONDS)
async def test_a_long_list_is_scrolled_smoothly(
    stack: Stack, record_property: Callable[[str, object], None]
) -> None:
    account = account_of(stack, is_superuser=False)
    db = await asyncpg.connect(truth_of(stack).database_url)
    try:
        async with db.transaction():
            await db.execute("SET LOCAL session_replication_role = replica")
            username = account["MERIDIAN_USERNAME"]
            await db.execute(MAKE.format(username=username, count=FILES))
        await db.execute("ANALYZE storage.files, storage.versions, storage.replicas")
    finally:
        await db.close()
    seen = json.loads(drive("long-list.mjs", stack, MOST_SECONDS, **account))
    record_property("frames", seen)
    assert seen["rows"] >= FILES
    assert seen["median_ms"] <= LONGEST_MS
    assert seen["drawn"] < 100
