"""Downloads: a link to the nearest copy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aiohttp import hdrs, web

from services.storage.client import caller_of, place_header, place_of
from services.storage.downloads.forwarding import refuse_forwarding
from services.storage.downloads.held import find_held, get_held
from services.storage.downloads.manifest import make_manifest
from services.storage.downloads.manifest_schemas import show_manifest
from services.storage.downloads.metalink import MEDIA_TYPE, write_metalink
from services.storage.downloads.offer import Wish, holders, link_download, note_download
from services.storage.downloads.presentation import disposition
from services.storage.downloads.schemas import show_download
from services.storage.downloads.tickets import Ticket, issue_ticket, spend_ticket
from services.storage.files.lent_eyes import refuse_ended
from services.storage.keys import FLEET, JOURNAL, POOL, PUBLIC_URL, SETTINGS
from services.storage.servers.route_schemas import show_place, show_ranked
from shared.catalog.placement import should_hold
from shared.errors import FILE_NOT_FOUND, MeridianError
from shared.web.client_place import ATLAS
from shared.web.identity import identity_of
from shared.web.paths import path_id
from shared.web.reply import reply
from shared.web.revocations import REVOCATIONS

if TYPE_CHECKING:
    from services.storage.caller import Caller
    from services.storage.downloads.offer import Download
    from services.storage.downloads.schemas import DownloadQuery, RouteQuery
    from services.storage.downloads.ticket_schemas import TicketWish


async def link(request: web.Request, query: DownloadQuery) -> web.StreamResponse:
    """Get a link to a file.

    To the nearest healthy server that holds it, with others as alternates; every link
    lives for a few minutes and saves the file under its own name.
    """
    if query.redirect:
        refuse_forwarding(request.headers.get(hdrs.USER_AGENT, ""))
    app, caller = request.app, caller_of(request)
    held = await get_held(app[POOL], identity_of(request).user_id, path_id(request), query.version)
    wish = Wish(
        seconds=app[SETTINGS].download_seconds, inline=query.inline, alternates=query.alternates
    )
    download = link_download(app[JOURNAL], app[FLEET], caller, held, wish)
    if query.redirect:
        return _redirect(caller, download)
    return reply(show_download(app[FLEET], download), headers=place_header(caller.place))


async def manifest(request: web.Request, query: tuple[int | None, int]) -> web.Response:
    """Get all that is needed to download a file from several cities at once.

    The SHA-256 of each part, and links to the nearest servers; as Metalink 4 (RFC 5854), for
    programs such as aria2, when `Accept` asks for that. What was never read in parts has one.
    """
    app, caller = request.app, caller_of(request)
    version, sources = query
    held = await get_held(app[POOL], identity_of(request).user_id, path_id(request), version)
    wish = Wish(seconds=app[SETTINGS].download_seconds, alternates=sources - 1)
    made = await make_manifest(app[POOL], app[FLEET], caller, held, wish)
    note_download(app[JOURNAL], caller, held, made.sources)
    headers = place_header(caller.place)
    if MEDIA_TYPE not in request.headers.get(hdrs.ACCEPT, "").lower():
        return reply(show_manifest(made), headers=headers)
    headers[hdrs.CONTENT_DISPOSITION] = disposition(f"{held.name}.meta4")
    return web.Response(body=write_metalink(made), content_type=MEDIA_TYPE, headers=headers)


async def ticket(request: web.Request, body: TicketWish) -> web.Response:
    """Get an address for a program that follows redirects.

    Within a minute and once, it leads whoever asks for it to the nearest copy, without a token.
    """
    pool, identity = request.app[POOL], identity_of(request)
    held = await get_held(pool, identity.user_id, path_id(request), body.version)
    issued = await issue_ticket(
        pool,
        Ticket(
            owner_id=held.owner_id,
            user_id=identity.user_id,
            session_id=identity.session_id,
            file_id=held.file_id,
            version=body.version,
            inline=body.inline,
        ),
    )
    path = f"{request.path.removesuffix('/download-ticket')}/content"
    url = f"{request.app[PUBLIC_URL]}{path}?ticket={issued.text}"
    return reply({"url": url, "expires_at": issued.expires_at})


async def follow(request: web.Request, query: str) -> web.StreamResponse:
    """Follow a ticket to the nearest copy of its file."""
    app = request.app
    ticket = await spend_ticket(app[POOL], query)
    await refuse_ended(app[POOL], app[REVOCATIONS], ticket.user_id, ticket.session_id)
    caller = replace(caller_of(request), user_id=ticket.user_id)
    held = await get_held(app[POOL], ticket.user_id, ticket.file_id, ticket.version)
    wish = Wish(seconds=app[SETTINGS].download_seconds, inline=ticket.inline, alternates=0)
    return _redirect(caller, link_download(app[JOURNAL], app[FLEET], caller, held, wish))


def _redirect(caller: Caller, download: Download) -> web.Response:
    headers = {hdrs.LOCATION: download.links[0][1], **place_header(caller.place)}
    return web.Response(status=302, headers=headers)


async def explain(request: web.Request, query: RouteQuery) -> web.Response:
    """Explain which server a client would get, and why.

    For an upload, or for the download of `file_id`; for the caller, or for the address `ip`.
    """
    fleet = request.app[FLEET]
    place = request.app[ATLAS].find_place(query.ip, "fake") if query.ip else None
    place = place or place_of(request)
    is_upload = query.file_id is None
    servers = should_hold(fleet.servers())
    servers = [server for server in servers if fleet.policy.welcomes(server.zone)]
    if query.file_id is not None:
        held = await find_held(request.app[POOL], identity_of(request).user_id, query.file_id)
        if held is None:
            raise MeridianError(FILE_NOT_FOUND)
        servers = holders(fleet, held)
    ranked = fleet.rank(place, servers, writing=is_upload)
    answer = {"place": show_place(place), "items": show_ranked(ranked)}
    return reply(answer, headers=place_header(place))
