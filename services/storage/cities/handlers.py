"""Cities: try, add, change, drain and remove servers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import hdrs

from services.storage.cities import drain as draining
from services.storage.cities.add import add_server
from services.storage.cities.change import change_server
from services.storage.cities.remove import remove_server
from services.storage.cities.schemas import show_added, show_probed
from services.storage.client import caller_of
from services.storage.keys import FLEET, POOL, PROBER
from services.storage.servers.schemas import server_etag, show_server
from shared.catalog.draining import plan_drain, show_progress
from shared.catalog.servers import get_server
from shared.web.etag import refuse_changed
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.cities.change import ServerChange
    from services.storage.cities.drain_schemas import DrainQuery, RemovalQuery
    from services.storage.cities.schemas import Described


async def probe(request: web.Request, body: Described) -> web.Response:
    """Try a server before it is added.

    What it can do, how its clock stands, how far away it is. The bucket is made where it is
    missing; nothing else is left there, and nothing is kept here.
    """
    return reply(show_probed(await request.app[PROBER].probe(body.server)))


async def probe_again(request: web.Request) -> web.Response:
    """Try a server that was added."""
    server = await get_server(request.app[POOL], path_id(request))
    return reply(show_probed(await request.app[PROBER].try_out(server)))


async def add(request: web.Request, body: Described) -> web.Response:
    """Add a server.

    It is tried first. Uploads go to it at once, and what is stored already is copied to it.
    """
    added = await add_server(
        request.app[PROBER],
        caller_of(request),
        body.server,
        is_on=body.is_on,
        is_active=body.is_active,
    )
    await request.app[FLEET].catch_up()
    return reply(show_added(added, None if body.has_own_secret else body.server.hook_secret))


async def change(request: web.Request, body: ServerChange) -> web.Response:
    """Change a server.

    Another address, bucket or key is only taken when the server can be used with it and holds
    the objects that it should. With `If-Match` only when nobody has changed the server since it was
    read; how it is doing is not part of that.
    """
    server = await get_server(request.app[POOL], path_id(request))
    refuse_changed(request, server_etag(server))
    if hdrs.IF_MATCH in request.headers:
        body = replace(body, changed_at=server.updated_at)
    changed = await change_server(request.app[PROBER], caller_of(request), server, body)
    load = request.app[FLEET].traffic.load(server.id)
    headers: dict[str, str] = {hdrs.ETAG: server_etag(changed)}
    return reply(show_server(changed, details=True, load_bytes=load), headers=headers)


async def remove(request: web.Request, query: RemovalQuery) -> web.Response:
    """Remove a server.

    Refused while it holds the only copy of anything, unless `confirm_loss` is the exact number of
    versions that will be lost. A copy elsewhere counts when it was verified, and its server is on
    and answers.
    """
    lost = await remove_server(
        request.app[POOL], caller_of(request), path_id(request), query.confirm_loss
    )
    return reply(lost)


async def drain(request: web.Request, query: DrainQuery) -> web.Response:
    """Drain a server, or say what that would mean.

    It takes nothing new, and what it has is copied to the others; it can be removed after that.
    """
    pool = request.app[POOL]
    server = await get_server(pool, path_id(request))
    if query.dry_run:
        return reply((await plan_drain(pool, server)).as_dict())
    await draining.start(pool, caller_of(request), server)
    return reply((await show_progress(pool, server)).as_dict())


async def stop(request: web.Request) -> web.Response:
    """Stop draining a server; it takes files again."""
    pool = request.app[POOL]
    await draining.stop(pool, caller_of(request), await get_server(pool, path_id(request)))
    return reply_nothing()


async def progress(request: web.Request) -> web.Response:
    """Show how far the newest drain of a server is, counted every few seconds."""
    pool = request.app[POOL]
    server = await get_server(pool, path_id(request))
    return reply((await show_progress(pool, server)).as_dict())
