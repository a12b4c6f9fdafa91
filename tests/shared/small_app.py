"""A small service on the real frame: what its routes take is what the tests send."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT
from marshmallow import Schema, fields, post_load, validate

from services.auth.sessions.user_agent import user_agent
from shared.errors import FILE_EXISTS, FILE_NOT_FOUND, MeridianError
from shared.tokens.access_tokens import ALGORITHM, AUDIENCE, TOKEN_TYPE
from shared.tokens.keys import JwkCache
from shared.tokens.revocations import Revocations
from shared.tokens.verifier import Verifier
from shared.web.app import make_app
from shared.web.auth import VERIFIER, identity_of
from shared.web.client_ip import client_ip
from shared.web.cursor_parts import read_moment, read_text, read_whole
from shared.web.paging import PageQuery, cut_page, decode_cursor, encode_cursor, page_of
from shared.web.paths import path_id, path_number
from shared.web.reply import reply, reply_nothing
from shared.web.route import PUBLIC, SIGNED_IN, Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from shared.web.app import Context

KEY = JWK.generate(kty="OKP", crv="Ed25519", kid="test")
ISSUER = "http://meridian.test"
USER = uuid.UUID("5b6e4b52-3c7f-4b52-9c1d-8f3f6b2f9a10")


class PartSchema(Schema):
    number = fields.Integer(strict=True, required=True, validate=validate.Range(1, 10_000))


class ThingSchema(Schema):
    name = fields.String(required=True, validate=validate.Length(1, 100))
    size = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 2**40))
    parts = fields.List(fields.Nested(PartSchema), load_default=[])
    labels = fields.Dict(keys=fields.String(), values=fields.String(), load_default={})

    @post_load
    def make(self, loaded: dict[str, Any], **_: object) -> Thing:
        return Thing(**loaded)


class HintSchema(Schema):
    password = fields.String()


class ThingsQuerySchema(PageQuery):
    q = fields.String(load_default=None)
    state = fields.List(fields.String(), load_default=[])

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Any:
        return loaded


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    size: int
    parts: list[dict[str, int]]
    labels: dict[str, str]


async def create(request: web.Request, body: Thing) -> web.Response:
    """Make a thing.

    It is not kept.
    """
    return reply(body)


async def secured(request: web.Request, body: Thing) -> web.Response:
    """Make a thing, if you may."""
    return reply(body)


async def hint(request: web.Request, body: dict[str, str]) -> web.Response:
    """Take a body of which nothing is required."""
    return reply(body)


async def listing(request: web.Request, query: dict[str, Any]) -> web.Response:
    """List numbers."""
    first = decode_cursor(query["cursor"], read_whole)[0] if query["cursor"] else 0
    rows = range(first, min(first + query["limit"] + 1, 300))
    page = cut_page(rows, query["limit"], lambda number: encode_cursor(number + 1))
    return reply({"items": list(page.items), "next": page.next, "q": query["q"]})


async def typed(request: web.Request, query: dict[str, Any]) -> web.Response:
    """Read a cursor of several parts."""
    return reply(decode_cursor(query["cursor"], read_text, read_moment, uuid.UUID))


async def show(request: web.Request) -> web.Response:
    """Show where a thing is."""
    return reply({"id": path_id(request)})


async def version(request: web.Request) -> web.Response:
    """Show a version."""
    return reply({"id": path_id(request, "thing_id"), "number": path_number(request)})


async def opened(request: web.Request) -> web.Response:
    """Open a link."""
    return reply({"token": request.match_info["token"]})


async def missing(request: web.Request) -> web.Response:
    """Refuse."""
    raise MeridianError(FILE_NOT_FOUND, "It is gone.")


async def broken(request: web.Request) -> web.Response:
    """Fail."""
    raise RuntimeError("the secret of the house")


async def moved(request: web.Request) -> web.Response:
    """Send elsewhere."""
    raise web.HTTPFound("/elsewhere")


async def whoami(request: web.Request) -> web.Response:
    """Say who calls."""
    username = identity_of(request).username
    return reply(
        {"username": username, "ip": str(client_ip(request)), "agent": user_agent(request)}
    )


async def remove(request: web.Request) -> web.Response:
    """Remove."""
    return reply_nothing()


ROUTES = (
    Route("POST", "/things", create, PUBLIC, body=ThingSchema, answer=ThingSchema, status=201),
    Route("POST", "/hints", hint, PUBLIC, body=HintSchema),
    Route("GET", "/things", listing, PUBLIC, query=ThingsQuerySchema, answer=page_of(ThingSchema)),
    Route("GET", "/typed", typed, PUBLIC, query=ThingsQuerySchema),
    Route("GET", "/things/{id}", show, PUBLIC, errors=(FILE_NOT_FOUND,)),
    Route("GET", "/things/{thing_id}/versions/{number}", version, PUBLIC),
    Route("GET", "/s/{token}", opened, PUBLIC),
    Route("GET", "/missing", missing, PUBLIC, errors=(FILE_NOT_FOUND,)),
    Route("GET", "/broken", broken, PUBLIC),
    Route("GET", "/moved", moved, PUBLIC, status=302),
    Route("GET", "/me", whoami, SIGNED_IN),
    Route("POST", "/secured", secured, "things.create", body=ThingSchema, errors=(FILE_EXISTS,)),
    Route("DELETE", "/things/{id}", remove, "things.delete", status=204),
)


async def verification(app: web.Application) -> AsyncIterator[None]:
    """Verify tokens by our own key."""
    keys = JwkCache(_load_keys)
    app[VERIFIER] = Verifier(keys, ISSUER, Revocations("redis://127.0.0.1:1"))
    yield
    await keys.close()


async def _load_keys() -> dict[str, JWK]:
    return {"test": KEY}


def small_app(
    routes: Iterable[Route] = ROUTES, contexts: tuple[Context, ...] = (), **options: Any
) -> web.Application:
    """Make the application."""
    every = (verification, *contexts)
    return make_app(service="test", prefix="/test/api", routes=routes, contexts=every, **options)


def token(*permissions: str, user_id: uuid.UUID = USER, **changes: object) -> str:
    """Sign an access token."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user_id),
        "sid": str(uuid.uuid4()),
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + 60,
        "scope": " ".join(permissions),
        "su": False,
        "name": "anna",
        **changes,
    }
    header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": "test"}
    jwt = JWT(header=orjson.dumps(header).decode(), claims=orjson.dumps(claims).decode())
    jwt.make_signed_token(KEY)
    return str(jwt.serialize())


def bearer(*permissions: str, user_id: uuid.UUID = USER) -> dict[str, str]:
    """Make the header that carries the token."""
    return {"Authorization": f"Bearer {token(*permissions, user_id=user_id)}"}
