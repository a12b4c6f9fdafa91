"""What operators ask of a million copies: how far behind, a drain tried, a policy tried.

On a PostgreSQL of its own, which is filled first and gone afterwards.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final
from uuid import UUID

from benchmarks.figures import Figure
from benchmarks.own_database import own_database
from services.storage.policies.policies import ALL_FILES
from services.storage.policies.simulate import simulate
from shared.catalog.figures import count_figures
from shared.catalog.policy import Policy
from shared.catalog.remaining import count_remaining

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeAlias

    from benchmarks.bench import Bench
    from shared.db import Pool

    Ask: TypeAlias = Callable[[Pool], Awaitable[object]]

CITIES: Final = 3
VERSIONS: Final = 333_334
MILLI: Final = 1000
FIRST: Final = UUID(int=1)
# Of a thousand people; one in thirty copies to the last city is still to be made.
FILL: Final = f"""
SET session_replication_role = replica;
SET synchronous_commit = off;
INSERT INTO storage.servers (id, name, endpoint, public_endpoint, bucket, access_key,
    secret_key_encrypted, hook_secret_hash, city, zone, latitude, longitude)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'city-' || n, '', '', '', '', '', '', '', 'zone-' || n,
    n * 10, n * 20 FROM generate_series(1, {CITIES}) AS n;
CREATE TEMPORARY TABLE made AS
SELECT lpad(to_hex(number % 1000 + 16), 32, '0')::uuid AS owner_id, gen_random_uuid() AS id,
    gen_random_uuid() AS version_id, number FROM generate_series(1, {VERSIONS}) AS number;
INSERT INTO storage.files (owner_id, id, name, name_key, name_fold, sort_version,
    current_version_id, current_number, size)
SELECT owner_id, id, number, number, number, 1, version_id, 1, 1000 FROM made;
INSERT INTO storage.versions (owner_id, id, file_id, number, key, size, content_type, state,
    upload_server_id, upload_expires_at, stored_at)
SELECT owner_id, version_id, id, 1, version_id::text, 1000, 'text/plain', 'STORED',
    lpad(to_hex(number % {CITIES} + 1), 32, '0')::uuid, now(), now() - interval '1 day' FROM made;
INSERT INTO storage.replicas (owner_id, version_id, server_id, state, updated_at, verified_at,
    next_attempt_at)
SELECT owner_id, version_id, lpad(to_hex(n), 32, '0')::uuid,
    CASE WHEN n = {CITIES} AND number % 30 = 0 THEN 'WANTED' ELSE 'READY' END,
    now() - interval '1 day', now(), CASE WHEN n = {CITIES} AND number % 30 = 0 THEN now() END
FROM made CROSS JOIN generate_series(1, {CITIES}) AS n;
ANALYZE storage.files, storage.versions, storage.replicas, storage.servers
"""
# As after a city was added.
EMPTY: Final = """
UPDATE storage.replicas SET state = 'WANTED', is_bulk = true, next_attempt_at = now()
WHERE server_id = $1 AND state = 'READY'
"""
PATIENCE_SECONDS: Final = 600


async def measure_catalog(_bench: Bench) -> list[Figure]:
    """Each once, after a first time that warms the caches."""
    asked: dict[str, Ask] = {
        "status of all cities": count_figures,
        "dry run of a drain": lambda pool: count_remaining(pool, FIRST),
        "trial of a policy, all copies": lambda pool: simulate(pool, ALL_FILES, Policy()),
        "trial of a policy, 2 copies": lambda pool: simulate(pool, ALL_FILES, Policy(copies=2)),
    }
    async with own_database(FILL) as pool:
        await count_figures(pool)
        figures = [await _measure(pool, name, ask) for name, ask in asked.items()]
        await pool.execute(EMPTY, UUID(int=CITIES), timeout=PATIENCE_SECONDS)
        return [*figures, await _measure(pool, "status, a third still to come", count_figures)]


async def _measure(pool: Pool, name: str, ask: Ask) -> Figure:
    began = time.perf_counter()
    await ask(pool)
    taken = time.perf_counter() - began
    return Figure(
        name=f"{name}, {CITIES * VERSIONS:,} copies",
        value=taken * MILLI,
        unit="ms",
        more_is_better=False,
    )
