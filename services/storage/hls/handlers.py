"""HLS: playlists for players, and which city they had better take."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from aiohttp import hdrs, web

from services.storage.client import caller_of, place_header
from services.storage.files.access import get_live_folder
from services.storage.files.lent_eyes import refuse_ended
from services.storage.hls.found import get_found
from services.storage.hls.schemas import show_steering
from services.storage.hls.sought import seek
from services.storage.hls.tickets import new_ticket, read_ticket, seal_ticket
from services.storage.hls.viewers import Viewer
from services.storage.keys import FLEET, POOL, PUBLIC_URL, RENDERER
from shared.web.access import Guard
from shared.web.auth import authorize
from shared.web.identity import IDENTITY, identity_of
from shared.web.paths import path_id
from shared.web.reply import reply
from shared.web.revocations import REVOCATIONS

if TYPE_CHECKING:
    from services.storage.hls.schemas import PlayerQuery

PERMISSION: Final = "files.download"
TICKET: Final = "ticket"
MEDIA_TYPE: Final = "application/vnd.apple.mpegurl"


async def playlist(request: web.Request, query: PlayerQuery) -> web.Response:
    """Get a playlist of a folder, for players.

    Every segment in it is signed at the nearest city that holds it and answers, with one address a
    file. A multivariant playlist names each variant once a city (Content Steering, RFC 8216bis):
    a player goes on from another when one is lost. Asked for with a token, the addresses live as
    long as those of downloads: ask again when one is refused with 403. With a ticket they outlive
    the film and an hour's pause.
    """
    viewer = await _viewer(request, query, request.match_info["playlist"])
    text = await request.app[RENDERER].render(viewer)
    answer = web.Response(
        text=text, content_type=MEDIA_TYPE, headers=place_header(viewer.caller.place)
    )
    answer.enable_compression()
    return answer


async def steering(request: web.Request, query: PlayerQuery) -> web.Response:
    """Tell a player which city to take now.

    The steering manifest of HLS Content Steering: pathways are the names of servers, best first.
    """
    viewer = await _viewer(request, query, query.of)
    sought = await seek(request.app[POOL], request.app[FLEET], viewer)
    return reply(
        show_steering(sought.pathways(query.cities)), headers=place_header(viewer.caller.place)
    )


async def ticket(request: web.Request, body: str) -> web.Response:
    """Get an address of a playlist that needs no token.

    For players that are part of a browser or a television. It is good for six hours, for the
    playlists of this folder and those below it only, and as long as you may see the folder and your
    session or API token goes on.
    """
    app, identity = request.app, identity_of(request)
    folder = await get_live_folder(app[POOL], identity.user_id, path_id(request))
    await get_found(app[POOL], folder.owner_id, folder.id, body)
    made = new_ticket(identity, folder.id)
    path = f"{request.path.removesuffix('-ticket')}/{quote(body, safe='')}"
    sealed = seal_ticket(app[RENDERER].vault, made)
    url = f"{app[PUBLIC_URL]}{path}?{TICKET}={sealed}"
    return reply({"url": url, "expires_at": made.expires_at})


async def admit(request: web.Request) -> None:
    """Let in who has a ticket, which is read later, or a token with the permission."""
    if TICKET not in request.query or hdrs.AUTHORIZATION in request.headers:
        await authorize(request, PERMISSION)


HLS_TICKET: Final = Guard(
    "hls_ticket",
    {
        "type": "apiKey",
        "in": "query",
        "name": TICKET,
        "description": "of `POST /folders/{id}/hls-ticket`",
    },
    admit,
    beside_token=True,
)


async def _viewer(request: web.Request, query: PlayerQuery, name: str) -> Viewer:
    app, caller, folder_id = request.app, caller_of(request), path_id(request)
    shown = None
    if IDENTITY not in request:
        shown = read_ticket(app[RENDERER].vault, query.ticket or "", folder_id)
        await refuse_ended(app[POOL], app[REVOCATIONS], shown.user_id, shown.session_id)
        caller = replace(caller, user_id=shown.user_id)
    return Viewer(
        caller=caller,
        user_id=shown.user_id if shown else identity_of(request).user_id,
        folder_id=folder_id,
        playlist=name,
        city=query.city,
        cities=query.cities,
        ticket=shown,
    )
