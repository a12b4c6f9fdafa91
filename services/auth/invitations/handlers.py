"""Invitations: see them, make them, take them back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.auth.invitations import invite as inviting
from services.auth.invitations.invitations import list_invitations as find_invitations
from services.auth.invitations.schemas import show_invitation
from services.auth.keys import CHANGES, POOL, SETTINGS
from services.auth.sessions.device import actor_of
from shared.web.cursor_parts import read_moment
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.invitations.invitations import NewInvitation
    from shared.web.paging import PageAsked


async def list_invitations(request: web.Request, query: PageAsked) -> web.Response:
    """List the invitations, newest first, those that were used included."""
    after = decode_cursor(query.cursor, read_moment, UUID) if query.cursor else None
    found = await find_invitations(request.app[POOL], after, query.limit + 1)
    page = cut_page(found, query.limit, lambda one: encode_cursor(one.created_at, one.id))
    return reply({"items": [show_invitation(one) for one in page.items], "next": page.next})


async def invite(request: web.Request, body: NewInvitation) -> web.Response:
    """Invite somebody by a link.

    It is shown this once and works once: for the address that it names, or for any. Whoever uses
    it gets the roles that it names beside `member`.
    """
    made, token = await inviting.invite(
        request.app[CHANGES], actor_of(request), identity_of(request), body
    )
    url = f"{request.app[SETTINGS].http.public_url}/invite/{token}"
    return reply({**show_invitation(made), "url": url}, 201)


async def take_back(request: web.Request) -> web.Response:
    """Take back an invitation that nobody has used yet."""
    await inviting.take_back(request.app[CHANGES], actor_of(request), path_id(request))
    return reply_nothing()
