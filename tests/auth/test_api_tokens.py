"""API tokens: what programs show instead of a session, here and in other services."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer

from services.auth.jobs import run_jobs
from shared.tokens import api_token_cache
from shared.tokens.api_tokens import hash_token, new_token
from tests.auth.conftest import API, PASSWORD, bearer
from tests.auth.reader import AGE_PROOFS, AUDIT, make_reader, seconds_until_refused, status_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from services.auth.settings import Settings
    from shared.db import Pool
    from tests.auth.conftest import Auth, Client, Line, Neighbour, Serve, Start

SCOPES = ["files.upload", "files.view"]
SOON = 1.0


async def make_token(auth: Auth, access: str, **more: Any) -> dict[str, Any]:
    headers = more.pop("headers", {})
    body = {"name": "backup", "scopes": SCOPES} | more
    made: dict[str, Any] = await auth.call(
        "POST", "/me/tokens", 201, access, json=body, headers=headers
    )
    return made


@dataclass(slots=True)
class Relay:
    """Passes calls on to the service and counts them; it can be switched off."""

    auth: Auth
    verified: int = 0
    is_on: bool = True
    delay: float = 0
    seen: list[str] = field(default_factory=list)

    async def pass_on(self, request: web.Request) -> web.Response:
        if request.path.endswith("/verify"):
            self.verified += 1
            await asyncio.sleep(self.delay)
        if not self.is_on:
            raise web.HTTPBadGateway
        headers = {
            name: text
            for name, text in request.headers.items()
            if name in {"Authorization", "Content-Type"}
        }
        async with self.auth.client.request(
            request.method, request.path, headers=headers, data=await request.read()
        ) as answer:
            return web.Response(
                status=answer.status,
                body=await answer.read(),
                content_type=answer.content_type,
            )


@pytest.fixture
async def relay(auth: Auth) -> Relay:
    return Relay(auth)


@pytest.fixture
async def other(relay: Relay, redis_url: str, aiohttp_client: Serve) -> AsyncIterator[Client]:
    """Another service, which asks auth through the relay."""
    async with serving(relay) as url:
        yield await aiohttp_client(make_reader(redis_url, url), cookie_jar=DummyCookieJar())


@contextlib.asynccontextmanager
async def serving(relay: Relay) -> AsyncIterator[str]:
    """The relay as a server; its key document's address."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", relay.pass_on)
    server = TestServer(app)
    await server.start_server()
    yield str(server.make_url(f"{API}/.well-known/jwks.json"))
    await server.close()


async def test_made_token_is_shown_once_and_stored_as_a_hash(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    made = await make_token(auth, ann["access_token"])
    assert made.keys() == {
        "id", "name", "scopes", "created_at", "expires_at", "last_used_at", "token",
    }  # fmt: skip
    assert (made["name"], made["scopes"], made["expires_at"]) == ("backup", SCOPES, None)
    listed = await auth.call("GET", "/me/tokens", 200, ann["access_token"])
    (one,) = listed["items"]
    assert one == {name: text for name, text in made.items() if name != "token"}
    row = await db.fetchrow("SELECT * FROM auth.api_tokens")
    assert row is not None
    assert row["token_hash"] == hash_token(made["token"])
    assert made["token"] not in str(dict(row))


async def test_tokens_are_in_the_audit(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    made = await make_token(auth, ann["access_token"])
    await auth.call("DELETE", f"/me/tokens/{made['id']}", 204, ann["access_token"])
    lines = await db.fetch(AUDIT, made["id"])
    assert [line["action"] for line in lines] == ["api_token.created", "api_token.revoked"]
    assert {str(line["actor_id"]) for line in lines} == {ann["id"]}
    assert lines[0]["after"] == {"name": "backup", "scopes": SCOPES, "expires_at": None}


async def test_request_that_comes_again_makes_one_token(auth: Auth) -> None:
    ann = await auth.newcomer()
    key = {"Idempotency-Key": "backup-1"}
    first = await make_token(auth, ann["access_token"], headers=key)
    assert await make_token(auth, ann["access_token"], headers=key) == first
    assert len((await auth.call("GET", "/me/tokens", 200, ann["access_token"]))["items"]) == 1


async def test_token_may_do_what_its_scopes_and_its_owner_may(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    made = await make_token(auth, ann["access_token"], scopes=[*SCOPES, "servers.create"])
    token = made["token"]
    me = await auth.call("GET", "/me", 200, token)
    assert me["id"] == ann["id"]
    answer = await auth.call("POST", "/verify", 200, token, json={"permissions": SCOPES})
    assert answer["permissions"] == SCOPES
    assert (answer["session_id"], answer["expires_at"]) == (made["id"], None)
    for missing in ("files.delete", "servers.create"):
        problem = await auth.call("POST", "/verify", 403, token, json={"permissions": [missing]})
        assert problem["code"] == "PERMISSION_DENIED"
        assert missing in problem["detail"]
    used = (await auth.call("GET", "/me/tokens", 200, ann["access_token"]))["items"][0]
    assert used["last_used_at"] is not None


async def test_token_of_a_superuser_is_no_superuser(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await db.execute("UPDATE auth.users SET is_superuser = true")
    boss = await auth.login(ann["username"])
    made = await make_token(auth, boss["access_token"], scopes=["servers.create"])
    answer = await auth.call(
        "POST", "/verify", 200, made["token"], json={"permissions": ["servers.create"]}
    )
    assert (answer["is_superuser"], answer["permissions"]) == (False, ["servers.create"])
    await auth.call("POST", "/verify", 403, made["token"], json={"permissions": ["files.view"]})


async def test_token_cannot_act_in_person(auth: Auth) -> None:
    ann = await auth.newcomer()
    token = (await make_token(auth, ann["access_token"]))["token"]
    change = {"current_password": PASSWORD, "new_password": "x" * 20}
    for method, path, body in (
        ("POST", "/me/tokens", {"name": "more", "scopes": SCOPES}),
        ("GET", "/me/tokens", None),
        ("PATCH", "/me", {"first_name": "Eve"}),
        ("POST", "/me/password", change),
        ("GET", "/sessions", None),
        ("GET", "/logins", None),
        ("POST", "/me/proof", {"password": PASSWORD}),
        ("POST", "/logout", None),
        ("POST", "/logout/all", None),
    ):
        problem = await auth.call(method, path, 403, token, json=body)
        assert problem["code"] == "PERMISSION_DENIED", path
    await auth.call("GET", "/me", 200, ann["access_token"])


@pytest.mark.parametrize(
    ("field_name", "changes"),
    [
        ("scopes", {"scopes": []}),
        ("scopes", {"scopes": ["files.view", "no.such"]}),
        ("scopes.0", {"scopes": [""]}),
        ("scopes", {"scopes": "files.view"}),
        ("name", {"name": " "}),
        ("name", {"name": "x" * 101}),
        ("expires_at", {"expires_at": "2020-01-01T00:00:00Z"}),
        ("expires_at", {"expires_at": "soon"}),
    ],
)
async def test_strange_tokens_are_not_made(
    auth: Auth, field_name: str, changes: dict[str, Any]
) -> None:
    ann = await auth.newcomer()
    body = {"name": "backup", "scopes": SCOPES} | changes
    problem = await auth.call("POST", "/me/tokens", 422, ann["access_token"], json=body)
    assert list(problem["errors"]) == [field_name]


async def test_making_a_token_needs_a_proof(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await db.execute(AGE_PROOFS)
    body = {"name": "backup", "scopes": SCOPES}
    problem = await auth.call("POST", "/me/tokens", 403, ann["access_token"], json=body)
    assert problem["code"] == "PROOF_NEEDED"
    await auth.call("POST", "/me/proof", 204, ann["access_token"], json={"password": PASSWORD})
    await make_token(auth, ann["access_token"])


async def test_too_many_tokens_are_refused(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    await db.execute(
        "INSERT INTO auth.api_tokens (user_id, name, token_hash, scopes)"
        " SELECT $1, 'x', sha256(number::text::bytea), '{files.view}'"
        " FROM generate_series(1, 100) AS number",
        ann["id"],
    )
    body = {"name": "one more", "scopes": SCOPES}
    problem = await auth.call("POST", "/me/tokens", 409, ann["access_token"], json=body)
    assert (problem["code"], problem["limit"]) == ("TOO_MANY_API_TOKENS", 100)
    seen, rest = [], ""
    for wanted in (30, 30, 30, 10):
        page = await auth.call("GET", f"/me/tokens?limit=30{rest}", 200, ann["access_token"])
        assert len(page["items"]) == wanted
        seen += [token["id"] for token in page["items"]]
        rest = f"&cursor={page['next']}"
    assert rest == "&cursor=None"
    assert len(set(seen)) == 100


async def test_tokens_of_others_are_not_there(auth: Auth) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    made = await make_token(auth, ann["access_token"])
    path = f"/me/tokens/{made['id']}"
    problem = await auth.call("DELETE", path, 404, bob["access_token"])
    assert problem["code"] == "API_TOKEN_NOT_FOUND"
    assert (await auth.call("GET", "/me/tokens", 200, bob["access_token"]))["items"] == []
    await auth.call("GET", "/me", 200, made["token"])
    await auth.call("DELETE", path, 204, ann["access_token"])
    await auth.call("DELETE", path, 404, ann["access_token"])
    problem = await auth.call("GET", "/me", 401, made["token"])
    assert problem["code"] == "NOT_AUTHENTICATED"


async def test_token_expires(auth: Auth, other: Client) -> None:
    ann = await auth.newcomer()
    soon = (datetime.now(UTC) + timedelta(seconds=1.5)).isoformat()
    token = (await make_token(auth, ann["access_token"], expires_at=soon))["token"]
    assert await status_at(other, token) == 200
    await asyncio.sleep(1.6)
    assert (await auth.call("GET", "/me", 401, token))["code"] == "TOKEN_EXPIRED"
    async with other.get("/reader/api/v1/whoami", headers=bearer(token)) as answer:
        assert (answer.status, (await answer.json())["code"]) == (401, "TOKEN_EXPIRED")


async def test_expired_token_is_told_from_a_wrong_one(
    auth: Auth, other: Client, db: Pool, start: Start, settings: Settings
) -> None:
    ann = await auth.newcomer()
    token = (await make_token(auth, ann["access_token"]))["token"]
    await db.execute("UPDATE auth.api_tokens SET expires_at = now()")
    for shown, code in ((token, "TOKEN_EXPIRED"), (new_token(), "NOT_AUTHENTICATED")):
        assert (await auth.call("GET", "/me", 401, shown))["code"] == code
        async with other.get("/reader/api/v1/whoami", headers=bearer(shown)) as answer:
            assert (answer.status, (await answer.json())["code"]) == (401, code)
    assert await db.fetchval("SELECT last_used_at FROM auth.api_tokens") is None


async def test_other_services_look_a_token_up_once(auth: Auth, relay: Relay, other: Client) -> None:
    ann = await auth.newcomer()
    token = (await make_token(auth, ann["access_token"]))["token"]
    relay.delay = 0.1
    answers = await asyncio.gather(*(status_at(other, token) for _ in range(50)))
    assert set(answers) == {200}
    assert relay.verified == 1
    async with other.get("/reader/api/v1/whoami", headers=bearer(token)) as answer:
        assert await answer.json() == {"username": ann["username"]}
    relay.is_on = False
    assert await status_at(other, token) == 200
    assert relay.verified == 1


async def test_guesses_are_looked_up_once_and_typing_errors_never(
    relay: Relay, other: Client
) -> None:
    guess = new_token()
    for _ in range(5):
        assert await status_at(other, guess) == 401
    assert relay.verified == 1
    for wrong in (guess[:-1], f"{guess[:10]}_{guess[11:]}", "mrd_"):
        assert await status_at(other, wrong) == 401
    assert relay.verified == 1


async def test_a_flood_of_guesses_is_turned_away(
    relay: Relay, other: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_token_cache, "LONGEST_QUEUE", 5)
    relay.delay = 0.5
    answers = await asyncio.gather(*(status_at(other, new_token()) for _ in range(20)))
    assert sorted(answers) == [401] * 5 + [503] * 15
    assert relay.verified == 5


async def test_deleted_token_is_refused_elsewhere_at_once(
    auth: Auth, other: Client, neighbour: Neighbour
) -> None:
    ann = await auth.newcomer()
    made = await make_token(auth, ann["access_token"])
    token = made["token"]
    assert await status_at(other, token) == 200
    await auth.call("GET", "/me", 200, token)
    url = f"{neighbour.url}/me/tokens/{made['id']}"
    headers = bearer(ann["access_token"])
    async with ClientSession() as session, session.delete(url, headers=headers) as answer:
        assert answer.status == 204

    async def ask_auth() -> int:
        async with auth.client.get(f"{API}/me", headers=bearer(token)) as answer:
            return answer.status

    assert await seconds_until_refused(lambda: status_at(other, token)) < SOON
    assert await seconds_until_refused(ask_auth) < SOON


async def test_what_cannot_be_known_is_503(
    auth: Auth, relay: Relay, other: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await auth.newcomer()
    known, unknown = [(await make_token(auth, ann["access_token"]))["token"] for _ in range(2)]
    assert await status_at(other, known) == await status_at(other, ann["access_token"]) == 200
    relay.is_on = False
    async with other.get("/reader/api/v1/whoami", headers=bearer(unknown)) as answer:
        problem = await answer.json()
        assert (answer.status, problem["code"]) == (503, "AUTH_UNAVAILABLE")
        assert int(answer.headers["Retry-After"]) >= 1
    monkeypatch.setattr(api_token_cache, "FRESH_SECONDS", 0.0)
    assert await status_at(other, known) == 503
    assert await status_at(other, ann["access_token"]) == 200
    relay.is_on = True
    assert await status_at(other, known) == await status_at(other, unknown) == 200


async def test_without_redis_tokens_are_asked_for_every_second(
    auth: Auth,
    relay: Relay,
    settings_by_line: Settings,
    line: Line,
    aiohttp_client: Serve,
) -> None:
    ann = await auth.newcomer()
    made = await make_token(auth, ann["access_token"])
    async with serving(relay) as url:
        app = make_reader(settings_by_line.shared.redis_url, url)
        reader = await aiohttp_client(app, cookie_jar=DummyCookieJar())
        assert await status_at(reader, made["token"]) == 200
        await line.cut()
        await asyncio.sleep(0.2)
        await auth.call("DELETE", f"/me/tokens/{made['id']}", 204, ann["access_token"])
        began = time.perf_counter()
        refused = await seconds_until_refused(lambda: status_at(reader, made["token"]))
        assert refused < api_token_cache.FRESH_SECONDS_UNTOLD + SOON
        # What was asked before Redis was lost is asked again, also once it is back.
        await line.mend()
        assert time.perf_counter() - began < api_token_cache.FRESH_SECONDS
        assert await status_at(reader, made["token"]) == 401


async def test_token_of_a_disabled_person_is_refused(auth: Auth, other: Client, db: Pool) -> None:
    ann = await auth.newcomer()
    token = (await make_token(auth, ann["access_token"]))["token"]
    await db.execute("UPDATE auth.users SET is_active = false")
    assert await status_at(other, token) == 401


async def test_revocation_that_was_not_told_is_told_again(
    auth: Auth, other: Client, db: Pool
) -> None:
    """As when the process dies between PostgreSQL and Redis."""
    ann = await auth.newcomer()
    token = (await make_token(auth, ann["access_token"]))["token"]
    assert await status_at(other, token) == 200
    await db.execute("UPDATE auth.api_tokens SET revoked_at = now()")
    assert await seconds_until_refused(lambda: status_at(other, token)) < 2 * SOON


async def test_revoked_tokens_go_once_nobody_remembers_them(auth: Auth, db: Pool) -> None:
    ann = await auth.newcomer()
    old, fresh, good = [await make_token(auth, ann["access_token"]) for _ in range(3)]
    for made in (old, fresh):
        await auth.call("DELETE", f"/me/tokens/{made['id']}", 204, ann["access_token"])
    listed = await auth.call("GET", "/me/tokens", 200, ann["access_token"])
    assert [item["id"] for item in listed["items"]] == [good["id"]]
    age = "UPDATE auth.api_tokens SET revoked_at = now() - interval '1 hour' WHERE id = $1"
    await db.execute(age, old["id"])
    await run_jobs(db, auth.settings.auth)
    kept = await db.fetch("SELECT id::text FROM auth.api_tokens ORDER BY created_at")
    assert [row["id"] for row in kept] == [fresh["id"], good["id"]]
