"""Grants: share things with people by name, see with whom, and what others share."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.storage.client import caller_of
from services.storage.files.access import Right, get_file, get_folder
from services.storage.grants.grants import Thing, list_of_owner, list_of_thing
from services.storage.grants.schemas import (
    show_grant,
    show_grant_of,
    show_own_grant,
    show_shared,
)
from services.storage.grants.share import end_sharing, get_grant, share
from services.storage.grants.shared_with_me import list_shared
from services.storage.keys import DOORBELL, POOL
from shared.errors import FILE_TRASHED, FOLDER_TRASHED, MeridianError
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.grants.schemas import GrantWanted
    from shared.web.paging import PageAsked

USER = "user_id"


async def list_of_file(request: web.Request, query: PageAsked) -> web.Response:
    """List the people a file of mine is shared with, also those a folder above is shared with."""
    return await _list(request, await _file(request), query)


async def show_of_file(request: web.Request) -> web.Response:
    """Show what somebody may do with a file of mine, or I with that of another."""
    return await _show(request, await _file(request, may_be_mine=True))


async def share_file(request: web.Request, body: GrantWanted) -> web.Response:
    """Share a file with somebody.

    They find it among what is shared with them; again with another `access` changes how far they
    may go. `GET /auth/api/v1/people` has the id of somebody whose name or e-mail address one knows.
    """
    return await _share(request, await _file(request, is_for_new=True), body)


async def end_of_file(request: web.Request) -> web.Response:
    """End the sharing of a file with somebody, or of that of another with me.

    At once: nothing is shown, signed or stored for them from now on.
    """
    return await _end(request, await _file(request, may_be_mine=True))


async def list_of_folder(request: web.Request, query: PageAsked) -> web.Response:
    """List the people a folder of mine is shared with, also those one above is shared with."""
    return await _list(request, await _folder(request), query)


async def show_of_folder(request: web.Request) -> web.Response:
    """Show what somebody may do with a folder of mine, or I with that of another."""
    return await _show(request, await _folder(request, may_be_mine=True))


async def share_folder(request: web.Request, body: GrantWanted) -> web.Response:
    """Share a folder with somebody.

    With all that is below it, also what comes later, as long as it is there. Who may write can
    upload, rename, move within the folder and trash; the room it takes is the owner's.
    """
    return await _share(request, await _folder(request, is_for_new=True), body)


async def end_of_folder(request: web.Request) -> web.Response:
    """End the sharing of a folder with somebody, or of that of another with me.

    At once: nothing is shown, signed or stored for them from now on.
    """
    return await _end(request, await _folder(request, may_be_mine=True))


async def list_all(request: web.Request, query: PageAsked) -> web.Response:
    """List all that I share with people by name, last shared first."""
    before = decode_cursor(query.cursor, UUID)[0] if query.cursor else None
    owner_id = identity_of(request).user_id
    grants = await list_of_owner(request.app[POOL], owner_id, before, query.limit + 1)
    page = cut_page(grants, query.limit, lambda grant: encode_cursor(grant.id))
    return reply({"items": [show_own_grant(grant) for grant in page.items], "next": page.next})


async def list_with_me(request: web.Request, query: PageAsked) -> web.Response:
    """List what others share with me by name, last shared first.

    Whose it is, how far I may go and since when. What is below a folder is found in it; what is in
    the trash of its owner is not there meanwhile.
    """
    before = decode_cursor(query.cursor, UUID)[0] if query.cursor else None
    user_id = identity_of(request).user_id
    things = await list_shared(request.app[POOL], user_id, before, query.limit + 1)
    page = cut_page(things, query.limit, lambda thing: encode_cursor(thing.grant_id))
    return reply({"items": [show_shared(thing) for thing in page.items], "next": page.next})


async def _list(request: web.Request, thing: Thing, query: PageAsked) -> web.Response:
    before = decode_cursor(query.cursor, UUID)[0] if query.cursor else None
    grants = await list_of_thing(request.app[POOL], thing, before, query.limit + 1)
    page = cut_page(grants, query.limit, lambda grant: encode_cursor(grant.id))
    items = [show_grant_of(thing, grant) for grant in page.items]
    return reply({"items": items, "next": page.next})


async def _show(request: web.Request, thing: Thing) -> web.Response:
    return reply(show_grant(await get_grant(request.app[POOL], thing, path_id(request, USER))))


async def _share(request: web.Request, thing: Thing, body: GrantWanted) -> web.Response:
    app, user_id = request.app, path_id(request, USER)
    caller = caller_of(request)
    return reply(
        show_grant(await share(app[POOL], app[DOORBELL], caller, thing, user_id, body.access))
    )


async def _end(request: web.Request, thing: Thing) -> web.Response:
    app, user_id = request.app, path_id(request, USER)
    await end_sharing(app[POOL], app[DOORBELL], caller_of(request), thing, user_id)
    return reply_nothing()


async def _file(
    request: web.Request, *, may_be_mine: bool = False, is_for_new: bool = False
) -> Thing:
    user_id = identity_of(request).user_id
    right = _right(request, may_be_mine=may_be_mine)
    file = await get_file(request.app[POOL], user_id, path_id(request), right=right)
    if is_for_new and file.trashed_at is not None:
        raise MeridianError(FILE_TRASHED)
    return Thing(owner_id=file.owner_id, name=file.name, file_id=file.id, place_id=file.folder_id)


async def _folder(
    request: web.Request, *, may_be_mine: bool = False, is_for_new: bool = False
) -> Thing:
    user_id = identity_of(request).user_id
    right = _right(request, may_be_mine=may_be_mine)
    folder = await get_folder(request.app[POOL], user_id, path_id(request), right=right)
    if is_for_new and folder.trashed_at is not None:
        raise MeridianError(FOLDER_TRASHED)
    return Thing(owner_id=folder.owner_id, name=folder.name, folder_id=folder.id)


def _right(request: web.Request, *, may_be_mine: bool) -> Right:
    """Only owners share; but who was given something may see that, and give it back."""
    is_mine = path_id(request, USER) == identity_of(request).user_id if may_be_mine else False
    return Right.READ if is_mine else Right.OWN
