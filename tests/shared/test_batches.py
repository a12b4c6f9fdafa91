"""What is old is dropped a few rows at a time, however much there is of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from services.auth.api_tokens.api_tokens import delete_revoked_tokens
from services.auth.confirmations.confirmations import delete_expired_confirmations
from services.auth.deletion.outbox import prune_published as prune_told
from services.auth.passkeys.used_challenges import delete_expired_challenges
from services.auth.resets.resets import delete_expired_resets
from services.auth.revocations.rights import delete_old_changes
from services.storage.downloads.tickets import prune_tickets
from services.storage.events.outbox import prune_published
from services.storage.history.months import keep_months
from shared.catalog.refused_writes import forget_old
from shared.catalog.unknown_objects import forget_removed, forget_unseen
from tests.world.obstacles import bound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.db import Pool

ROWS, MOST = 7, 3
GONE, HERE = UUID(int=1), UUID(int=2)
NOW = datetime.now(UTC)
SERVERS = f"""
INSERT INTO storage.servers (id, name, endpoint, public_endpoint, bucket, access_key,
    secret_key_encrypted, hook_secret_hash, city, zone, latitude, longitude, removed_at)
SELECT id, name, '', '', '', '', '', '', '', '', 0, 0, CASE name WHEN 'gone' THEN now() END
FROM (VALUES ('{GONE}'::uuid, 'gone'), ('{HERE}', 'here')) AS made (id, name)
"""
USERS = """
INSERT INTO auth.users (username, username_key, email, email_key, password_hash)
SELECT name, name, name || '@x.test', name || '@x.test', ''
FROM (SELECT 'user' || number AS name FROM generate_series(1, 7) AS number) AS named
"""
OLD = "now() - interval '2 days' FROM generate_series(1, 7) AS number"
OF_USERS = "sha256(username::bytea), id, now() - interval '2 days' FROM auth.users"
UNKNOWN = "INSERT INTO storage.unknown_objects (server_id, key, size, last_seen_at)"
# What fills a table with what is old, and what drops it.
JOBS: dict[str, tuple[str, Callable[[Any], Awaitable[None]]]] = {
    "storage.outbox": (
        f"INSERT INTO storage.outbox (event, published_at) SELECT '{{}}', {OLD}",
        partial(prune_published, keep_hours=24),
    ),
    "storage.download_tickets": (
        f"""INSERT INTO storage.download_tickets
            (owner_id, hash, user_id, file_id, inline, expires_at)
        SELECT gen_random_uuid(), '', gen_random_uuid(), gen_random_uuid(), true, {OLD}""",
        prune_tickets,
    ),
    "storage.refused_writes": (
        f"""{SERVERS};
        INSERT INTO storage.refused_writes (server_id, reported_by, size, reported_at)
        SELECT '{HERE}', gen_random_uuid(), 1, {OLD}""",
        forget_old,
    ),
    "storage.unknown_objects of a server": (
        f"{SERVERS}; {UNKNOWN} SELECT '{HERE}', number::text, 1, {OLD}",
        partial(forget_unseen, server_id=HERE, since=NOW - timedelta(days=1)),
    ),
    "storage.unknown_objects of one that was removed": (
        f"{SERVERS}; {UNKNOWN} SELECT '{GONE}', number::text, 1, {OLD}",
        forget_removed,
    ),
    "auth.outbox": (
        f"INSERT INTO auth.outbox (event, published_at) SELECT '{{}}', {OLD}",
        prune_told,
    ),
    "auth.used_challenges": (
        f"""INSERT INTO auth.used_challenges (challenge, expires_at)
        SELECT number::text::bytea, {OLD}""",
        delete_expired_challenges,
    ),
    "auth.rights_changes": (
        f"INSERT INTO auth.rights_changes (version, created_at) SELECT number, {OLD}",
        partial(delete_old_changes, seconds=60),
    ),
    "auth.resets": (
        f"{USERS}; INSERT INTO auth.resets (token_hash, user_id, expires_at) SELECT {OF_USERS}",
        delete_expired_resets,
    ),
    "auth.confirmations": (
        f"""{USERS};
        INSERT INTO auth.confirmations (email_key, token_hash, user_id, expires_at)
        SELECT '', {OF_USERS}""",
        delete_expired_confirmations,
    ),
    "auth.api_tokens": (
        f"""{USERS};
        INSERT INTO auth.api_tokens (name, scopes, token_hash, user_id, revoked_at)
        SELECT 'name', '{{files.view}}', {OF_USERS}""",
        partial(delete_revoked_tokens, seconds=60),
    ),
}
LINKS = """
INSERT INTO storage.action_links (number, action_owner_id, action_id, hash)
SELECT number, gen_random_uuid(), storage.first_id(
    now() - make_interval(months => CASE WHEN number < 20 THEN 9 ELSE 0 END)), sha256('')
FROM generate_series(1, 25) AS number
"""


@pytest.mark.parametrize("name", JOBS)
async def test_what_is_old_is_dropped_a_few_rows_at_a_time(
    owner_pool: Pool, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    fill, drop = JOBS[name]
    table = name.partition(" ")[0]
    await owner_pool.execute(f"DELETE FROM {table}")
    await owner_pool.execute(fill)
    assert await owner_pool.fetchval(f"SELECT count(*) FROM {table}") == ROWS
    await bound(owner_pool, table, "DELETE", MOST)
    monkeypatch.setattr("shared.batches.BATCH", MOST)
    await drop(owner_pool)
    assert await owner_pool.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_links_of_the_history_are_dropped_a_few_at_a_time(
    owner_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last before those that are kept stays."""
    await owner_pool.execute(LINKS)
    await bound(owner_pool, "storage.action_links", "DELETE", MOST)
    monkeypatch.setattr("services.storage.history.months.LINKS_AT_ONCE", MOST)
    await keep_months(owner_pool, 3)
    numbers = await owner_pool.fetch("SELECT number FROM storage.action_links ORDER BY number")
    assert [row["number"] for row in numbers] == [19, 20, 21, 22, 23, 24, 25]
