"""API tokens: list mine, make one, delete one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.auth.api_tokens.api_tokens import list_tokens as find_tokens
from services.auth.api_tokens.create import create_token as create_token_of
from services.auth.api_tokens.end import end_token
from services.auth.api_tokens.schemas import show_token
from services.auth.keys import CHANGES, POOL
from services.auth.sessions.device import actor_of
from shared.web.cursor_parts import read_moment
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.api_tokens.api_tokens import NewToken
    from shared.web.paging import PageAsked


async def list_tokens(request: web.Request, query: PageAsked) -> web.Response:
    """List my API tokens, newest first."""
    after = decode_cursor(query.cursor, read_moment, UUID) if query.cursor else None
    found = await find_tokens(
        request.app[POOL], identity_of(request).user_id, after, query.limit + 1
    )
    page = cut_page(found, query.limit, lambda one: encode_cursor(one.created_at, one.id))
    return reply({"items": [show_token(token) for token in page.items], "next": page.next})


async def create_token(request: web.Request, body: NewToken) -> web.Response:
    """Make an API token, for a program of mine.

    It goes where an access token goes: `Authorization: Bearer mrd_…`. It may do what its scopes
    name and I may do, too; when I lose a permission, the token loses it. It cannot sign in, nor
    change my account. `token` is shown this once only. Needs a proof of the last 15 minutes.
    """
    changes, actor = request.app[CHANGES], actor_of(request)
    made, token = await create_token_of(changes, actor, identity_of(request), body)
    return reply({**show_token(made), "token": token})


async def delete_token(request: web.Request) -> web.Response:
    """Delete an API token: it is refused everywhere within a second."""
    user_id = identity_of(request).user_id
    await end_token(request.app[CHANGES], actor_of(request), user_id, path_id(request))
    return reply_nothing()
