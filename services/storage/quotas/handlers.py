"""Quotas: what I use, and what administrators allow."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import UUID

from services.storage.client import caller_of
from services.storage.keys import POOL, SETTINGS
from services.storage.quotas.change import delete_quota, set_quota
from services.storage.quotas.listing import list_people
from services.storage.quotas.quotas import DEFAULT, find_quota, find_usage
from services.storage.quotas.schemas import show_quota, show_usage
from shared.errors import USER_NOT_FOUND, MeridianError
from shared.web.cursor_parts import read_whole
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.quotas.quotas import Limits
    from shared.web.paging import PageAsked


async def show_own(request: web.Request) -> web.Response:
    """Show how much I store, and how much I may."""
    pool, owner_id = request.app[POOL], identity_of(request).user_id
    quota = await find_quota(pool, owner_id)
    usage = show_usage(quota, await find_usage(pool, owner_id))
    return reply({**usage, "trash_days": request.app[SETTINGS].trash_days})


async def listing(request: web.Request, query: PageAsked) -> web.Response:
    """List who stores something or has a quota of their own; whoever stores most comes first."""
    behind = decode_cursor(query.cursor, read_whole, UUID) if query.cursor else None
    people = await list_people(request.app[POOL], behind, query.limit + 1)
    page = cut_page(people, query.limit, lambda one: encode_cursor(one.bytes, one.user_id))
    return reply({"items": [asdict(one) for one in page.items], "next": page.next})


async def show(request: web.Request) -> web.Response:
    """Show how much a person stores, and may."""
    return await _answer(request, _person(request))


async def change(request: web.Request, body: Limits) -> web.Response:
    """Say how much a person may store.

    What is there stays, also when it is more than that.
    """
    owner_id = _person(request)
    await set_quota(request.app[POOL], caller_of(request), owner_id, body)
    return await _answer(request, owner_id)


async def delete(request: web.Request) -> web.Response:
    """Let what all may store count for a person again."""
    await delete_quota(request.app[POOL], caller_of(request), _person(request))
    return reply_nothing()


async def show_default(request: web.Request) -> web.Response:
    """Show how much all may store who have no quota of their own."""
    return reply(asdict((await find_quota(request.app[POOL], DEFAULT)).limits))


async def change_default(request: web.Request, body: Limits) -> web.Response:
    """Say how much all may store who have no quota of their own."""
    await set_quota(request.app[POOL], caller_of(request), DEFAULT, body)
    return reply(asdict(body))


def _person(request: web.Request) -> UUID:
    user_id = path_id(request, "user_id")
    if user_id == DEFAULT:
        raise MeridianError(USER_NOT_FOUND)
    return user_id


async def _answer(request: web.Request, owner_id: UUID) -> web.Response:
    pool = request.app[POOL]
    quota = await find_quota(pool, owner_id)
    return reply(show_quota(quota, await find_usage(pool, owner_id)))
