"""Admin: how far behind the copies are, and what needs somebody to look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.storage.admin import letters
from services.storage.admin.restore import restore_object
from services.storage.admin.schemas import show_figures, show_letter
from services.storage.admin.sweep_schemas import show_sweep, show_unknown
from services.storage.admin.sweeps import KINDS, job_of, list_latest
from services.storage.client import caller_of
from services.storage.keys import FLEET, POOL
from shared.catalog.dead_letters import list_letters
from shared.catalog.figures import count_figures
from shared.catalog.jobs import run_job_now
from shared.catalog.servers import list_servers
from shared.catalog.unknown_objects import list_unknown
from shared.errors import SWEEP_NOT_FOUND, MeridianError
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.admin.schemas import RetryAsked
    from shared.catalog.servers import Server
    from shared.web.paging import PageAsked


async def replication(request: web.Request) -> web.Response:
    """Show how far behind every city is.

    Counted from the rows of all copies in the moment of asking, all cities in the same moment.
    """
    items = [show_figures(figures) for figures in await count_figures(request.app[POOL])]
    return reply({"items": items, "next": None})


async def list_dead(request: web.Request, query: PageAsked) -> web.Response:
    """List copies that failed by what a server says of the object itself, newest first.

    All else, outages and full disks among it, is waited for and never listed here. A dead letter is
    tried again by itself every few hours.
    """
    before = decode_cursor(query.cursor, UUID)[0] if query.cursor else None
    found = await list_letters(request.app[POOL], before, query.limit + 1)
    page = cut_page(found, query.limit, lambda letter: encode_cursor(letter.id))
    servers = await _servers(request)
    items = [show_letter(servers, letter) for letter in page.items]
    return reply({"items": items, "next": page.next})


async def retry(request: web.Request) -> web.Response:
    """Try the copy of a dead letter again now."""
    app = request.app
    await letters.retry_letter(app[POOL], app[FLEET], caller_of(request), path_id(request))
    return reply_nothing()


async def retry_all(request: web.Request, body: RetryAsked) -> web.Response:
    """Try all dead letters again now, or those of a server or an error."""
    app = request.app
    count = await letters.retry_all(
        app[POOL], app[FLEET], caller_of(request), body.server, body.error
    )
    return reply({"retried": count})


async def drop(request: web.Request, query: str) -> web.Response:
    """List a dead letter no more.

    The copy stays wanted and is tried again now and then; who dropped it, and why, is in the
    history.
    """
    app = request.app
    await letters.drop(app[POOL], app[FLEET], caller_of(request), path_id(request), query)
    return reply_nothing()


async def consistency(request: web.Request) -> web.Response:
    """Show what the last sweeps over each server found."""
    servers = await _servers(request)
    sweeps = await list_latest(request.app[POOL])
    items = [show_sweep(servers[one.server_id], one) for one in sweeps if one.server_id in servers]
    return reply({"items": items, "next": None})


async def sweep(request: web.Request) -> web.Response:
    """Have a sweep made now: `inventory`, `scrub` or `orphans`.

    A scrub that is asked for reads everything, with the rate that is set. How far it is, and what
    it found, is in `GET /admin/consistency`.
    """
    kind = request.match_info["kind"]
    if kind not in KINDS or not await run_job_now(request.app[POOL], job_of(kind)):
        raise MeridianError(SWEEP_NOT_FOUND)
    return reply({"kind": kind})


async def quarantine(request: web.Request, query: PageAsked) -> web.Response:
    """List objects of ours that no row wants, newest first.

    Nothing is moved: a day after the first sight an object is quarantined, and erased after the
    days of `MERIDIAN_QUARANTINE_DAYS`, unless it is restored or a row wants it after all.
    """
    before = decode_cursor(query.cursor, UUID)[0] if query.cursor else None
    found = await list_unknown(request.app[POOL], before, query.limit + 1)
    page = cut_page(found, query.limit, lambda unknown: encode_cursor(unknown.id))
    servers = await _servers(request)
    items = [show_unknown(servers.get(one.server_id), one) for one in page.items]
    return reply({"items": items, "next": page.next})


async def restore(request: web.Request) -> web.Response:
    """Keep an object that no row wants: no sweep touches or lists it any more."""
    app = request.app
    await restore_object(app[POOL], app[FLEET], caller_of(request), path_id(request))
    return reply_nothing()


async def _servers(request: web.Request) -> dict[UUID, Server]:
    return {server.id: server for server in await list_servers(request.app[POOL])}
