"""Logout: who is out, how soon, and what happens without Redis."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import aiohttp
import pytest
from aiohttp import DummyCookieJar

from shared.tokens.access_tokens import LEEWAY, MAX_LIFE
from shared.tokens.notices import KEEP, STREAM, Kind, Notice
from shared.tokens.revoked import Revoked
from tests.auth.conftest import API, bearer, parts_of
from tests.auth.reader import make_reader, seconds_until_refused, status_at
from tests.world.calm import calm_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Client, Line, Neighbour, Serve, Start

SOON = 1.0


async def read_from(auth: Auth, redis_url: str, aiohttp_client: Serve) -> Client:
    """Start a service that verifies tokens with the published keys."""
    url = str(auth.client.make_url(f"{API}/.well-known/jwks.json"))
    return await aiohttp_client(make_reader(redis_url, url), cookie_jar=DummyCookieJar())


@pytest.fixture
async def reader(auth: Auth, redis_url: str, aiohttp_client: Serve) -> Client:
    """A running service that verifies tokens with the published keys."""
    return await read_from(auth, redis_url, aiohttp_client)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    from shared.redis import open_redis

    client = open_redis(redis_url)
    yield client
    await client.aclose()


async def test_logout_ends_this_session_only(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    phone = await auth.login(ann["username"])
    await auth.call("POST", "/logout", 204, ann["access_token"])
    problem = await auth.call("GET", "/me", 401, ann["access_token"])
    assert problem["code"] == "SESSION_ENDED"
    await auth.refresh(ann["refresh_token"], 401)
    await auth.call("GET", "/me", 200, phone["access_token"])
    reasons = await db.fetch("SELECT end_reason FROM auth.sessions ORDER BY created_at")
    assert [row["end_reason"] for row in reasons] == ["logout", None]


async def test_logout_all_ends_mine_and_nobody_elses(auth: Auth) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    phone = await auth.login(ann["username"])
    await auth.call("POST", "/logout/all", 204, phone["access_token"])
    for pair in (ann, phone):
        await auth.call("GET", "/me", 401, pair["access_token"])
        await auth.refresh(pair["refresh_token"], 401)
    await auth.call("GET", "/me", 200, bob["access_token"])
    await auth.login(ann["username"])


async def test_one_session_is_revoked(auth: Auth) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    phone = await auth.login(ann["username"])
    listed = await auth.call("GET", "/sessions", 200, phone["access_token"])
    other = next(item["id"] for item in listed["items"] if not item["is_current"])
    problem = await auth.call("DELETE", f"/sessions/{other}", 404, bob["access_token"])
    assert problem["code"] == "SESSION_NOT_FOUND"
    await auth.call("GET", "/me", 200, ann["access_token"])
    await auth.call("DELETE", f"/sessions/{other}", 204, phone["access_token"])
    await auth.call("DELETE", f"/sessions/{other}", 404, phone["access_token"])
    await auth.call("GET", "/me", 401, ann["access_token"])


async def test_logout_is_seen_in_other_services_at_once(auth: Auth, reader: Client) -> None:
    ann = await auth.newcomer()
    assert await status_at(reader, ann["access_token"]) == 200
    await auth.call("POST", "/logout", 204, ann["access_token"])
    assert await seconds_until_refused(lambda: status_at(reader, ann["access_token"])) < SOON


async def test_logout_in_another_process_is_seen_at_once(
    auth: Auth, reader: Client, neighbour: Neighbour
) -> None:
    ann = await auth.newcomer()
    token = ann["access_token"]
    assert await status_at(reader, token) == 200
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{neighbour.url}/me", headers=bearer(token)) as answer:
            assert answer.status == 200
        async with session.post(f"{neighbour.url}/logout", headers=bearer(token)) as answer:
            assert answer.status == 204
    assert await seconds_until_refused(lambda: status_at(reader, token)) < SOON

    async def ask_auth() -> int:
        async with auth.client.get(f"{API}/me", headers=bearer(token)) as answer:
            return answer.status

    assert await seconds_until_refused(ask_auth) < SOON


async def test_service_that_starts_later_knows(
    auth: Auth, redis_url: str, redis: Redis, aiohttp_client: Serve
) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    then = int(time.time()) - MAX_LIFE
    claims = parts_of(ann["access_token"])[1]
    entry: dict[Any, Any] = {"kind": "session", "id": claims["sid"], "at": then}
    await redis.delete(STREAM)
    await redis.xadd(STREAM, entry, id=f"{then * 1000}-0")
    url = str(auth.client.make_url(f"{API}/.well-known/jwks.json"))
    late = await aiohttp_client(make_reader(redis_url, url), cookie_jar=DummyCookieJar())
    assert await status_at(late, ann["access_token"]) == 401
    assert await status_at(late, bob["access_token"]) == 200


async def test_without_redis_logout_works_here_and_tokens_die_elsewhere(
    start: Start,
    settings_by_line: Settings,
    line: Line,
    redis_url: str,
    aiohttp_client: Serve,
) -> None:
    short = replace(settings_by_line, auth=replace(settings_by_line.auth, access_seconds=2))
    cut_off = await start(short)
    reader = await read_from(cut_off, redis_url, aiohttp_client)
    ann = await cut_off.newcomer()
    token = ann["access_token"]
    assert await status_at(reader, token) == 200
    await line.cut()
    with calm_clock() as passed:
        await cut_off.call("POST", "/logout", 204, token)
        assert passed() < 5
    await cut_off.call("GET", "/me", 401, token)
    await cut_off.refresh(ann["refresh_token"], 401)
    assert await status_at(reader, token) == 200
    seconds = await seconds_until_refused(lambda: status_at(reader, token))
    # Some seconds more are for a busy machine.
    assert seconds < 2 + LEEWAY + 6


async def test_news_is_told_when_redis_is_back(
    start: Start, settings_by_line: Settings, line: Line, redis_url: str, aiohttp_client: Serve
) -> None:
    cut_off = await start(settings_by_line)
    reader = await read_from(cut_off, redis_url, aiohttp_client)
    ann, bob = await cut_off.newcomer(), await cut_off.newcomer()
    await line.cut()
    await cut_off.call("POST", "/logout", 204, ann["access_token"])
    assert await status_at(reader, ann["access_token"]) == 200
    await line.mend()
    assert await seconds_until_refused(lambda: status_at(reader, ann["access_token"])) < 6
    assert await status_at(reader, bob["access_token"]) == 200


async def test_reader_without_redis_starts_and_catches_up(
    auth: Auth,
    settings_by_line: Settings,
    line: Line,
    aiohttp_client: Serve,
) -> None:
    await line.cut()
    url = str(auth.client.make_url(f"{API}/.well-known/jwks.json"))
    reader = await aiohttp_client(make_reader(settings_by_line.shared.redis_url, url))
    ann = await auth.newcomer()
    await auth.call("POST", "/logout", 204, ann["access_token"])
    assert await status_at(reader, ann["access_token"]) == 200
    await line.mend()
    assert await seconds_until_refused(lambda: status_at(reader, ann["access_token"])) < 6


async def test_emptied_redis_forgets_nothing_that_was_read(
    auth: Auth, reader: Client, redis: Redis
) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    await auth.call("POST", "/logout", 204, ann["access_token"])
    assert await seconds_until_refused(lambda: status_at(reader, ann["access_token"])) < SOON
    await redis.flushall()
    assert await status_at(reader, ann["access_token"]) == 401
    await auth.call("POST", "/logout", 204, bob["access_token"])
    assert await seconds_until_refused(lambda: status_at(reader, bob["access_token"])) < SOON


async def test_stream_has_the_agreed_form_and_is_trimmed(auth: Auth, redis: Redis) -> None:
    old: dict[Any, Any] = {"kind": "session", "id": "x", "at": 0}
    ancient = int((time.time() - KEEP - 100) * 1000)
    await redis.delete(STREAM)
    async with redis.pipeline(transaction=False) as pipe:
        for number in range(500):
            pipe.xadd(STREAM, old, id=f"{ancient}-{number + 1}")
        await pipe.execute()
    ann = await auth.newcomer()
    await auth.call("POST", "/logout", 204, ann["access_token"])
    entries: Any = await redis.xrevrange(STREAM, count=1)
    entry = entries[0][1]
    assert entry.keys() == {"kind", "id", "at", "version"}
    assert (entry["kind"], entry["version"]) == ("session", "0")
    assert str(UUID(entry["id"])) == entry["id"]
    assert abs(int(entry["at"]) - time.time()) < 5
    assert await redis.xlen(STREAM) <= 100


async def test_strange_entries_are_ignored(auth: Auth, reader: Client, redis: Redis) -> None:
    for strange in ({"kind": "session"}, {"kind": "moon", "id": "1", "at": "1"}, {"x": "y"}):
        entry: dict[Any, Any] = strange
        await redis.xadd(STREAM, entry)
    ann = await auth.newcomer()
    await auth.call("POST", "/logout", 204, ann["access_token"])
    assert await seconds_until_refused(lambda: status_at(reader, ann["access_token"])) < SOON


async def test_what_ended_survives_an_emptied_redis(
    auth: Auth, redis: Redis, redis_url: str, aiohttp_client: Serve
) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    await auth.call("POST", "/logout", 204, ann["access_token"])
    await redis.flushall()
    late = await read_from(auth, redis_url, aiohttp_client)
    assert await status_at(late, ann["access_token"]) == 401
    assert await status_at(late, bob["access_token"]) == 200


async def test_what_ended_is_told_to_who_had_lost_redis(
    auth: Auth, redis: Redis, settings_by_line: Settings, line: Line, aiohttp_client: Serve
) -> None:
    reader = await read_from(auth, settings_by_line.shared.redis_url, aiohttp_client)
    ann = await auth.newcomer()
    assert await status_at(reader, ann["access_token"]) == 200
    await line.cut()
    await auth.call("POST", "/logout", 204, ann["access_token"])
    await redis.flushall()
    assert await status_at(reader, ann["access_token"]) == 200
    await line.mend()
    assert await seconds_until_refused(lambda: status_at(reader, ann["access_token"])) < 6


async def test_what_a_dead_process_did_not_tell_is_told_by_others(
    start: Start, auth: Auth, settings_by_line: Settings, line: Line, reader: Client
) -> None:
    ann = await auth.newcomer()
    assert await status_at(reader, ann["access_token"]) == 200
    dying = await start(settings_by_line)
    await line.cut()
    with calm_clock() as passed:
        await dying.call("POST", "/logout", 204, ann["access_token"])
        await dying.client.close()
        await seconds_until_refused(lambda: status_at(reader, ann["access_token"]))
        assert passed() < 5


async def test_what_nobody_told_is_told_at_the_next_start(
    start: Start,
    settings: Settings,
    settings_by_line: Settings,
    line: Line,
    redis_url: str,
    aiohttp_client: Serve,
) -> None:
    dying = await start(settings_by_line)
    reader = await read_from(dying, redis_url, aiohttp_client)
    ann = await dying.newcomer()
    assert await status_at(reader, ann["access_token"]) == 200
    await line.cut()
    await dying.call("POST", "/logout", 204, ann["access_token"])
    await dying.client.close()
    await asyncio.sleep(1)
    assert await status_at(reader, ann["access_token"]) == 200
    await start(settings)
    assert await seconds_until_refused(lambda: status_at(reader, ann["access_token"])) < SOON


async def test_one_process_answers_a_question(
    auth: Auth,
    start: Start,
    settings: Settings,
    redis: Redis,
    redis_url: str,
    aiohttp_client: Serve,
) -> None:
    await start(settings)
    for _ in range(3):
        ann = await auth.newcomer()
        await auth.call("POST", "/logout", 204, ann["access_token"])
    await redis.flushall()
    await read_from(auth, redis_url, aiohttp_client)

    async def kinds() -> list[str]:
        entries: Any = await redis.xrange(STREAM)
        return [entry["kind"] for _, entry in entries]

    async with asyncio.timeout(10):
        while "answer" not in await kinds():
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)  # so long another would have to answer, too
    assert await kinds() == ["question", "session", "session", "session", "answer"]


def notice(kind: Kind, name: object, age: int, version: int = 0) -> Notice:
    return Notice(kind, str(name), int(time.time()) - age, version)


def test_sessions_are_forgotten_once_their_tokens_are_dead() -> None:
    old, fresh, revoked = uuid4(), uuid4(), Revoked()
    late = notice(Kind.SESSION, old, KEEP - 1)
    revoked.note(late)
    revoked.note(notice(Kind.SESSION, fresh, KEEP - 60))
    assert revoked.holds(old)
    assert revoked.holds(fresh)
    time.sleep(2.1)
    revoked.forget_old()
    assert not revoked.holds(old)
    assert revoked.holds(fresh)
    revoked.note(late)
    assert not revoked.holds(old)
    assert KEEP > MAX_LIFE + LEEWAY


def test_the_newest_rights_count() -> None:
    ann, bob, revoked = uuid4(), uuid4(), Revoked()
    for version in (5, 3):
        revoked.note(notice(Kind.RIGHTS, ann, 0, version))
    assert (revoked.rights_of(ann), revoked.rights_of(bob)) == (5, 0)
    revoked.note(notice(Kind.RIGHTS, "*", 0, 9))
    assert (revoked.rights_of(ann), revoked.rights_of(bob)) == (9, 9)
    revoked.note(notice(Kind.RIGHTS, bob, 0, 11))
    assert (revoked.rights_of(ann), revoked.rights_of(bob)) == (9, 11)


CHANGE_RIGHTS = """
WITH changed AS (UPDATE auth.rights SET version = version + 1 RETURNING version)
INSERT INTO auth.rights_changes (version, user_id) SELECT version, $1 FROM changed
"""


@pytest.mark.parametrize("is_of_all", [False, True])
async def test_changed_rights_make_access_tokens_out_of_date(
    auth: Auth, db: Pool, reader: Client, is_of_all: bool
) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    assert await status_at(reader, ann["access_token"]) == 200
    await db.execute(CHANGE_RIGHTS, None if is_of_all else ann["id"])
    assert await seconds_until_refused(lambda: status_at(reader, ann["access_token"])) < SOON
    problem = await auth.call("GET", "/me", 401, ann["access_token"])
    assert problem["code"] == "TOKEN_EXPIRED"
    assert await status_at(reader, bob["access_token"]) == (401 if is_of_all else 200)
    pair = await auth.refresh(ann["refresh_token"])
    assert await status_at(reader, pair["access_token"]) == 200
    await auth.call("GET", "/me", 200, pair["access_token"])


async def test_changed_rights_reach_api_tokens(auth: Auth, db: Pool, reader: Client) -> None:
    ann = await auth.newcomer()
    body = {"name": "a program", "scopes": ["files.view"]}
    token = (await auth.call("POST", "/me/tokens", 201, ann["access_token"], json=body))["token"]
    assert await status_at(reader, token) == 200
    await db.execute("DELETE FROM auth.user_roles")
    await db.execute(CHANGE_RIGHTS, UUID(ann["id"]))

    async def is_denied() -> int:
        body = {"permissions": ["files.view"]}
        async with auth.client.post(f"{API}/verify", json=body, headers=bearer(token)) as answer:
            return answer.status

    assert await seconds_until_refused(is_denied) < SOON
    assert await status_at(reader, token) == 200
