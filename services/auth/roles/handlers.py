"""Roles: see them, make, change and delete them, give them to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import hdrs

from services.auth.keys import CHANGES, POOL
from services.auth.roles import change_roles, grant
from services.auth.roles.roles import list_roles as find_roles
from services.auth.roles.schemas import show_role
from services.auth.sessions.device import actor_of
from shared.web.cursor_parts import read_text
from shared.web.etag import etag_of, revision_asked
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.roles.roles import NewRole, Role, RoleChange
    from shared.web.paging import PageAsked


async def list_roles(request: web.Request, query: PageAsked) -> web.Response:
    """List the roles by name."""
    after = decode_cursor(query.cursor, read_text)[0] if query.cursor else None
    found = await find_roles(request.app[POOL], after, query.limit + 1)
    page = cut_page(found, query.limit, lambda role: encode_cursor(role.name))
    return reply({"items": [show_role(role) for role in page.items], "next": page.next})


async def show_one_role(request: web.Request) -> web.Response:
    """Show a role."""
    return _answer(await change_roles.get_role(request.app[POOL], path_id(request)))


async def create_role(request: web.Request, body: NewRole) -> web.Response:
    """Make a role, for now without permissions."""
    role = await change_roles.create_role(request.app[CHANGES], actor_of(request), body)
    return _answer(role, 201)


async def change_role(request: web.Request, body: RoleChange) -> web.Response:
    """Change the name or the description of a role.

    With `If-Match` only when it is still as it was read.
    """
    role_id = path_id(request)
    role = await change_roles.get_role(request.app[POOL], role_id)
    revision = revision_asked(request, role.id, role.revision)
    changes, actor = request.app[CHANGES], actor_of(request)
    return _answer(await change_roles.change_role(changes, actor, role_id, body, revision))


async def delete_role(request: web.Request) -> web.Response:
    """Delete a role: whoever has it loses it at once."""
    await change_roles.remove_role(request.app[CHANGES], actor_of(request), path_id(request))
    return reply_nothing()


async def give_permission(request: web.Request) -> web.Response:
    """Put a permission into a role: whoever has the role has it at once."""
    await change_roles.add_permission(
        request.app[CHANGES],
        actor_of(request),
        path_id(request),
        path_id(request, "permission_id"),
    )
    return reply_nothing()


async def take_permission(request: web.Request) -> web.Response:
    """Take a permission out of a role: whoever has the role loses it at once."""
    await change_roles.remove_permission(
        request.app[CHANGES],
        actor_of(request),
        path_id(request),
        path_id(request, "permission_id"),
    )
    return reply_nothing()


async def give_role(request: web.Request) -> web.Response:
    """Give a role to a user, who notices at once.

    Access tokens of before are out of date: the next call answers 401 `TOKEN_EXPIRED`, and the
    refreshed token has the new permissions. Only a superuser may do this to a superuser.
    """
    user_id, role_id = path_id(request), path_id(request, "role_id")
    actor, identity = actor_of(request), identity_of(request)
    await grant.grant_role(request.app[CHANGES], actor, identity, user_id, role_id)
    return reply_nothing()


async def take_role(request: web.Request) -> web.Response:
    """Take a role from a user, who notices at once.

    Only a superuser may do this to a superuser.
    """
    user_id, role_id = path_id(request), path_id(request, "role_id")
    actor, identity = actor_of(request), identity_of(request)
    await grant.withdraw_role(request.app[CHANGES], actor, identity, user_id, role_id)
    return reply_nothing()


def _answer(role: Role, status: int = 200) -> web.Response:
    etag = etag_of(role.id, role.revision)
    return reply(show_role(role), status, headers={hdrs.ETAG: etag})
