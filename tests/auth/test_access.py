"""Who may call what: every operation with every kind of caller. One that is not listed fails."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from services.auth.routes import ROUTES
from shared.web.access import IN_PERSON, PUBLIC, SIGNED_IN
from shared.web.paths import PLACEHOLDER
from tests.auth.conftest import API, bearer

if TYPE_CHECKING:
    from shared.db import Pool
    from shared.web.route import Route
    from tests.auth.conftest import Auth

# What everybody may call, and what belongs to the caller whoever that is.
OPEN: Final = {
    "GET /.well-known/jwks.json",
    *("POST /register", "POST /login", "POST /refresh", "POST /password/reset"),
    *("POST /passkeys/options", "POST /passkeys/login", "POST /password/forgot"),
    "POST /email/confirm",
    *("GET /providers", "GET /oauth/{provider}/login", "GET /oauth/{provider}/callback"),
}
OWN: Final = {
    *("DELETE /me", "GET /me", "POST /verify", "POST /people/names"),
    *("PATCH /me", "POST /me/password", "POST /me/proof", "POST /logout", "POST /logout/all"),
    *("GET /sessions", "GET /logins", "GET /me/tokens", "POST /me/tokens"),
    *("GET /me/passkeys", "POST /me/passkeys", "POST /me/passkeys/options"),
    "POST /me/email/confirmation",
    *("GET /me/identities", "POST /me/identities"),
    *("GET /me/totp", "POST /me/totp", "DELETE /me/totp"),
    *("POST /me/totp/confirm", "POST /me/totp/recovery-codes"),
}
# A thing that belongs to one person: for all others it is not there. What the owner sends.
THINGS: Final[dict[str, dict[str, Any]]] = {
    "DELETE /sessions/{id}": {},
    "DELETE /me/tokens/{id}": {},
    "PATCH /me/passkeys/{id}": {"json": {"name": "mine"}},
    "DELETE /me/passkeys/{id}": {},
    "DELETE /me/identities/{id}": {},
}
# By a permission, whosever it is.
PERMITTED: Final = {
    "GET /people": "files.share",
    "GET /audit": "users.view",
    "GET /users": "users.view",
    "GET /users/{id}": "users.view",
    "GET /users/{id}/logins": "users.view",
    "POST /users": "users.change",
    "PATCH /users/{id}": "users.change",
    "DELETE /users/{id}": "users.change",
    "POST /users/{id}/logout": "users.change",
    "POST /users/{id}/reset": "users.change",
    "DELETE /users/{id}/totp": "users.change",
    "GET /invitations": "users.change",
    "POST /invitations": "users.change",
    "DELETE /invitations/{id}": "users.change",
    "PUT /users/{id}/roles/{role_id}": "users.grant",
    "DELETE /users/{id}/roles/{role_id}": "users.grant",
    "GET /roles": "roles.view",
    "GET /roles/{id}": "roles.view",
    "POST /roles": "roles.change",
    "PATCH /roles/{id}": "roles.change",
    "DELETE /roles/{id}": "roles.change",
    "PUT /roles/{id}/permissions/{permission_id}": "roles.change",
    "DELETE /roles/{id}/permissions/{permission_id}": "roles.change",
    "GET /permissions": "permissions.view",
    "POST /permissions": "permissions.change",
    "PATCH /permissions/{id}": "permissions.change",
    "DELETE /permissions/{id}": "permissions.change",
}
BY_NAME: Final = {f"{route.method} {route.path}": route for route in ROUTES}
ALL_PERMISSIONS: Final = tuple(sorted(set(PERMITTED.values())))
INSERT_PASSKEY: Final = """
INSERT INTO auth.passkeys (user_id, name, credential_id, public_key, sign_count, is_synced)
VALUES ($1, 'x', gen_random_uuid()::text::bytea, '', 0, false) RETURNING id
"""
INSERT_IDENTITY: Final = """
INSERT INTO auth.identities (user_id, issuer, subject)
VALUES ($1, 'https://login.example', gen_random_uuid()::text) RETURNING id
"""


def test_every_operation_is_listed_once() -> None:
    listed = [*OPEN, *OWN, *THINGS, *PERMITTED]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(BY_NAME)


def test_the_rows_of_the_routes_say_the_same() -> None:
    for name in OPEN:
        assert BY_NAME[name].permission is PUBLIC, name
    for name in (*OWN, *THINGS):
        assert BY_NAME[name].permission in {SIGNED_IN, IN_PERSON}, name
    for name, permission in PERMITTED.items():
        assert BY_NAME[name].permission == permission, name


@dataclass(slots=True)
class Calls:
    """Calls operations as somebody, on things that are not there unless a path is given."""

    auth: Auth

    async def status(self, route: Route, token: str | None, path: str = "", **options: Any) -> int:
        status, _ = await self.answer(route, token, path, **options)
        return status

    async def answer(
        self, route: Route, token: str | None, path: str = "", **options: Any
    ) -> tuple[int, Any]:
        filled = path or PLACEHOLDER.sub(lambda _: str(uuid.uuid4()), route.path)
        body: dict[str, Any] = {"json": {}} if route.body else {}
        headers = bearer(token) if token else {}
        async with self.auth.client.request(
            route.method, API + filled, headers=headers, allow_redirects=False, **(body | options)
        ) as answer:
            said = await answer.json() if answer.status >= 400 else {}
            said.pop("request_id", None)
            return answer.status, said


async def without_scope(auth: Auth, token: str) -> str:
    """An API token of somebody that may do next to nothing."""
    body = {"name": "a program", "scopes": ["links.view"]}
    made = await auth.call("POST", "/me/tokens", 201, token, json=body)
    return str(made["token"])


async def test_anonymous_callers_get_nothing_that_is_not_open(auth: Auth) -> None:
    calls = Calls(auth)
    for name, route in BY_NAME.items():
        for token in (None, "nonsense", "mrd_nonsense"):
            status = await calls.status(route, token)
            if name in OPEN:
                assert status in {200, 302, 401, 404, 409, 422}, name
            else:
                assert status == 401, name


async def test_without_the_permission_nothing_is_done(auth: Auth, db: Pool) -> None:
    calls, person = Calls(auth), await auth.worker(db)
    for name, permission in PERMITTED.items():
        status, problem = await calls.answer(BY_NAME[name], person["access_token"])
        assert (status, problem["code"]) == (403, "PERMISSION_DENIED"), name
        assert permission in problem["detail"]


async def test_all_other_permissions_do_not_help(auth: Auth, db: Pool) -> None:
    calls = Calls(auth)
    for permission in ALL_PERMISSIONS:
        others = [one for one in ALL_PERMISSIONS if one != permission]
        person = await auth.worker(db, *others)
        for name, needed in PERMITTED.items():
            if needed == permission:
                assert await calls.status(BY_NAME[name], person["access_token"]) == 403, name


async def test_the_permission_is_enough(auth: Auth, db: Pool) -> None:
    calls = Calls(auth)
    for permission in ALL_PERMISSIONS:
        person = await auth.worker(db, permission)
        for name, needed in PERMITTED.items():
            if needed == permission:
                status = await calls.status(BY_NAME[name], person["access_token"])
                assert status in {200, 201, 404, 422}, name


async def test_superuser_may_do_everything(auth: Auth, db: Pool) -> None:
    calls, boss = Calls(auth), await auth.superuser(db)
    for name in PERMITTED:
        assert await calls.status(BY_NAME[name], boss["access_token"]) in {200, 201, 404, 422}, name


async def test_api_token_does_no_more_than_its_scopes(auth: Auth, db: Pool) -> None:
    calls, boss = Calls(auth), await auth.superuser(db)
    token = await without_scope(auth, boss["access_token"])
    for name, route in BY_NAME.items():
        if route.permission is PUBLIC:
            continue
        status = await calls.status(route, token)
        assert status in ({200, 422} if route.permission is SIGNED_IN else {403}), name


async def test_what_is_ones_own_one_may(auth: Auth) -> None:
    calls = Calls(auth)
    for name in OWN:
        ann = await auth.newcomer()
        status = await calls.status(BY_NAME[name], ann["access_token"])
        assert status in {200, 204, 404, 409, 422}, name


async def things_of(auth: Auth, db: Pool, owner: dict[str, Any]) -> dict[str, str]:
    """Something of a person for each kind, by the path without its id."""
    await auth.login(owner["username"])
    listed = await auth.call("GET", "/sessions", 200, owner["access_token"])
    other = next(item["id"] for item in listed["items"] if not item["is_current"])
    body = {"name": "a program", "scopes": ["links.view"]}
    made = await auth.call("POST", "/me/tokens", 201, owner["access_token"], json=body)
    passkey = await db.fetchval(INSERT_PASSKEY, owner["id"])
    identity = await db.fetchval(INSERT_IDENTITY, owner["id"])
    return {
        "/sessions": other,
        "/me/tokens": made["id"],
        "/me/passkeys": str(passkey),
        "/me/identities": str(identity),
    }


async def test_what_is_somebody_elses_is_not_there(auth: Auth, db: Pool) -> None:
    calls, boss, eve = Calls(auth), await auth.superuser(db), await auth.newcomer()
    for name, options in THINGS.items():
        owner = await auth.newcomer()
        things = await things_of(auth, db, owner)
        route = BY_NAME[name]
        path = f"{route.path.removesuffix('/{id}')}/{things[route.path.removesuffix('/{id}')]}"
        for stranger in (eve, boss):
            token = stranger["access_token"]
            answer = await calls.answer(route, token, path, **options)
            assert answer == await calls.answer(route, token, **options), name
            assert answer[0] == 404, name
        assert await calls.status(route, owner["access_token"], path, **options) in {200, 204}, name
