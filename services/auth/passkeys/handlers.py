"""Passkeys: sign in with one, list mine, add, rename, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from aiohttp import hdrs

from services.auth.keys import CHANGES, MINT, PASSKEYS, POOL
from services.auth.passkeys import own
from services.auth.passkeys import sign_in as coming
from services.auth.passkeys.ceremonies import request_options
from services.auth.passkeys.challenges import SIGN_IN
from services.auth.passkeys.passkeys import find_passkey, list_passkeys, rename_passkey
from services.auth.passkeys.relying_party import require_site
from services.auth.passkeys.schemas import show_passkey
from services.auth.sessions.cookie import is_page
from services.auth.sessions.device import actor_of, device_of, keep_signed_in
from services.auth.sessions.token_schemas import show_pair
from shared.errors import PASSKEY_NOT_FOUND, MeridianError
from shared.web.cursor_parts import read_moment
from shared.web.etag import etag_of, refuse_changed
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.passkeys.own import Addition
    from services.auth.passkeys.passkeys import Passkey
    from services.auth.passkeys.schemas import Renaming, ShownPasskey
    from shared.web.paging import PageAsked


async def begin_sign_in(request: web.Request) -> web.Response:
    """Begin to sign in with a passkey.

    The browser asks its owner which one; nobody has to type a name. The challenge is good for 5
    minutes and works once, here or at `POST /me/proof`.
    """
    check = request.app[PASSKEYS]
    site = require_site(check.site)
    return reply(request_options(site, check.challenges.make(SIGN_IN)))


async def sign_in(request: web.Request, body: ShownPasskey) -> web.Response:
    """Sign in with a passkey.

    Opens a session, as `POST /login` does; no second factor is asked for.
    """
    app, device = request.app, device_of(request)
    pair = await coming.sign_in(app[PASSKEYS], app[MINT], body.credential, device)
    answer = reply(show_pair(pair, is_page=is_page(request)))
    keep_signed_in(request, answer, pair)
    return answer


async def list_mine(request: web.Request, query: PageAsked) -> web.Response:
    """List my passkeys, newest first."""
    after = decode_cursor(query.cursor, read_moment, UUID) if query.cursor else None
    user_id = identity_of(request).user_id
    found = await list_passkeys(request.app[POOL], user_id, after, query.limit + 1)
    page = cut_page(found, query.limit, lambda one: encode_cursor(one.created_at, one.id))
    return reply({"items": [show_passkey(passkey) for passkey in page.items], "next": page.next})


async def begin_addition(request: web.Request) -> web.Response:
    """Begin to add a passkey.

    Needs a proof of the last 15 minutes, here and when it is added. The challenge is good for 5
    minutes, in this session.
    """
    return reply(await own.begin_addition(request.app[PASSKEYS], identity_of(request)))


async def add(request: web.Request, body: Addition) -> web.Response:
    """Add a passkey that the browser has just made."""
    app, actor, identity = request.app, actor_of(request), identity_of(request)
    passkey = await own.add_passkey(app[PASSKEYS], app[CHANGES], actor, identity, body)
    return reply(show_passkey(passkey), headers={hdrs.ETAG: _etag(passkey)})


async def rename(request: web.Request, body: Renaming) -> web.Response:
    """Give a passkey another name."""
    db, user_id, passkey_id = request.app[POOL], identity_of(request).user_id, path_id(request)
    before = await find_passkey(db, passkey_id, user_id)
    if before is not None:
        refuse_changed(request, _etag(before))
    passkey = await rename_passkey(db, passkey_id, user_id, body.name)
    if passkey is None:
        raise MeridianError(PASSKEY_NOT_FOUND)
    return reply(show_passkey(passkey), headers={hdrs.ETAG: _etag(passkey)})


async def remove(request: web.Request) -> web.Response:
    """Remove a passkey: nobody signs in with it any more."""
    user_id = identity_of(request).user_id
    await own.remove_passkey(request.app[CHANGES], actor_of(request), user_id, path_id(request))
    return reply_nothing()


def _etag(passkey: Passkey) -> str:
    return etag_of(passkey.id, passkey.name)
