"""Permissions: see them; make, change and delete those of services that are not ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import hdrs

from services.auth.keys import CHANGES, POOL
from services.auth.permissions import change_permissions
from services.auth.permissions.permissions import list_permissions as find_permissions
from services.auth.permissions.schemas import show_permission
from services.auth.sessions.device import actor_of
from shared.web.cursor_parts import read_text
from shared.web.etag import etag_of, revision_asked
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.permissions.permissions import (
        NewPermission,
        Permission,
        PermissionChange,
    )
    from shared.web.paging import PageAsked


async def list_permissions(request: web.Request, query: PageAsked) -> web.Response:
    """List the permissions by name."""
    after = decode_cursor(query.cursor, read_text)[0] if query.cursor else None
    found = await find_permissions(request.app[POOL], after, query.limit + 1)
    page = cut_page(found, query.limit, lambda one: encode_cursor(one.name))
    items = [show_permission(permission) for permission in page.items]
    return reply({"items": items, "next": page.next})


async def create_permission(request: web.Request, body: NewPermission) -> web.Response:
    """Make a permission, for a service that is not ours; superusers have it at once."""
    permission = await change_permissions.create_permission(
        request.app[CHANGES], actor_of(request), body
    )
    return _answer(permission, 201)


async def change_permission(request: web.Request, body: PermissionChange) -> web.Response:
    """Change the name or the description of a permission.

    With `If-Match` only when it is still as it was read.
    """
    permission_id = path_id(request)
    permission = await change_permissions.get_permission(request.app[POOL], permission_id)
    revision = revision_asked(request, permission.id, permission.revision)
    changes, actor = request.app[CHANGES], actor_of(request)
    return _answer(
        await change_permissions.change_permission(changes, actor, permission_id, body, revision)
    )


async def delete_permission(request: web.Request) -> web.Response:
    """Delete a permission: whoever has it loses it at once."""
    await change_permissions.remove_permission(
        request.app[CHANGES], actor_of(request), path_id(request)
    )
    return reply_nothing()


def _answer(permission: Permission, status: int = 200) -> web.Response:
    etag = etag_of(permission.id, permission.revision)
    return reply(show_permission(permission), status, headers={hdrs.ETAG: etag})
