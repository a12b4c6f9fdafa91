"""Playing: storage says from which city, this service who may."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import hdrs

from examples.movies.errors import FILM_NOT_FOUND
from examples.movies.films.seen import get_seen
from examples.movies.keys import POOL, STORAGE
from examples.movies.playing.schemas import show_play
from shared.errors import MeridianError
from shared.web.client_ip import client_ip
from shared.web.client_place import FAKE_IP
from shared.web.identity import identity_of
from shared.web.paths import path_id
from shared.web.reply import reply

if TYPE_CHECKING:
    from aiohttp import web

    from examples.movies.family.storage import Said, Storage
    from examples.movies.films.films import Film


async def play(request: web.Request) -> web.Response:
    """Play a film.

    The nearest city that holds its file, with others should that one fail; and the playlist where
    the film is a folder of HLS segments. 503 while storage is away.
    """
    film = await _film(request)
    storage, place = request.app[STORAGE], place_of(request)
    link, playlist = await asyncio.gather(
        _link(storage, film, place), _playlist(storage, film, place)
    )
    return reply(show_play(link, playlist))


async def poster(request: web.Request) -> web.Response:
    """Get a link to the poster of a film, from the nearest city."""
    film = await _film(request)
    if film.poster_id is None:
        raise MeridianError(FILM_NOT_FOUND, "The film has no poster.")
    link = await request.app[STORAGE].link(film.poster_id, place_of(request))
    return reply({"url": link["url"], "expires_at": link["expires_at"]})


def place_of(request: web.Request) -> dict[str, str]:
    """Say to storage where the viewer is, and not where this service is."""
    place: dict[str, str] = {hdrs.X_FORWARDED_FOR: str(client_ip(request))}
    if FAKE_IP in request.headers:
        place[FAKE_IP] = request.headers[FAKE_IP]
    return place


async def _film(request: web.Request) -> Film:
    return await get_seen(request.app[POOL], identity_of(request).may, path_id(request))


async def _link(storage: Storage, film: Film, place: dict[str, str]) -> Said | None:
    return None if film.file_id is None else await storage.link(film.file_id, place)


async def _playlist(storage: Storage, film: Film, place: dict[str, str]) -> Said | None:
    if film.folder_id is None:
        return None
    return await storage.ticket(film.folder_id, film.playlist, place)
