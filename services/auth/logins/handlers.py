"""Logins: who tried to get into an account, from where."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.auth.accounts.users import find_user
from services.auth.keys import POOL
from services.auth.logins.logins import list_logins
from services.auth.logins.schemas import show_login
from shared.errors import USER_NOT_FOUND, MeridianError
from shared.web.cursor_parts import read_moment
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply

if TYPE_CHECKING:
    from aiohttp import web

    from shared.web.paging import PageAsked


async def list_mine(request: web.Request, query: PageAsked) -> web.Response:
    """List the attempts to log in to my account, good and bad, newest first."""
    return await _page_of(request, identity_of(request).user_id, query)


async def list_of_user(request: web.Request, query: PageAsked) -> web.Response:
    """List the attempts to log in to somebody's account, good and bad, newest first."""
    user_id = path_id(request)
    if await find_user(request.app[POOL], user_id) is None:
        raise MeridianError(USER_NOT_FOUND)
    return await _page_of(request, user_id, query)


async def _page_of(request: web.Request, user_id: UUID, query: PageAsked) -> web.Response:
    after = decode_cursor(query.cursor, read_moment, UUID) if query.cursor else None
    found = await list_logins(request.app[POOL], user_id, after, query.limit + 1)
    page = cut_page(found, query.limit, lambda one: encode_cursor(one.created_at, one.id))
    return reply({"items": [show_login(login) for login in page.items], "next": page.next})
