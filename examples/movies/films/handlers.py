"""Films: search, add, show, change, take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from aiohttp import hdrs

from examples.movies.films.films import delete_film, insert_film, update_film
from examples.movies.films.schemas import show_film
from examples.movies.films.search import Search, search_films
from examples.movies.films.seen import CHANGE, get_seen
from examples.movies.keys import POOL, STORAGE
from shared.errors import VALIDATION_FAILED, MeridianError
from shared.web.etag import etag_of, refuse_changed
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from examples.movies.films.films import Film, NewFilm
    from examples.movies.films.schemas import SearchAsked


async def search(request: web.Request, query: SearchAsked) -> web.Response:
    """Search films, newest first.

    Answers whether storage is there or not; `X-Degraded` names what is away.
    """
    identity = identity_of(request)
    asked = Search(
        permissions=None if identity.may(CHANGE) else identity.permissions,
        words=query.query,
        genre=query.genre,
        year=query.year,
        before=decode_cursor(query.cursor, UUID)[0] if query.cursor else None,
        limit=query.limit + 1,
    )
    films = await search_films(request.app[POOL], asked)
    page = cut_page(films, query.limit, lambda film: encode_cursor(film.id))
    return reply({"items": [show_film(film) for film in page.items], "next": page.next})


async def create(request: web.Request, body: NewFilm) -> web.Response:
    """Add a film.

    Its file, its folder and its poster lie in storage: with the account of this service, or shared
    with it.
    """
    await _refuse_unseen(request, body)
    return _answer(await insert_film(request.app[POOL], body))


async def show(request: web.Request) -> web.Response:
    """Show a film."""
    return _answer(await _seen(request))


async def change(request: web.Request, body: dict[str, Any]) -> web.Response:
    """Change a film; with `If-Match` only when it is still as it was read."""
    film = await _seen(request)
    refuse_changed(request, etag_of(film.id, film.revision))
    wanted = film.changed(body)
    if wanted.file_id is None and wanted.folder_id is None:
        raise MeridianError(
            VALIDATION_FAILED, errors={"file_id": ["A file or a folder is needed."]}
        )
    await _refuse_unseen(request, wanted)
    return _answer(await update_film(request.app[POOL], film, wanted))


async def delete(request: web.Request) -> web.Response:
    """Take a film out of the programme; its files stay in storage."""
    film = await _seen(request)
    await delete_film(request.app[POOL], film.id)
    return reply_nothing()


async def _seen(request: web.Request) -> Film:
    return await get_seen(request.app[POOL], identity_of(request).may, path_id(request))


async def _refuse_unseen(request: web.Request, wanted: NewFilm) -> None:
    storage = request.app[STORAGE]
    things = {
        "file_id": (wanted.file_id, None),
        "folder_id": (None, wanted.folder_id),
        "poster_id": (wanted.poster_id, None),
    }
    for name, (file_id, folder_id) in things.items():
        if not await storage.holds(file_id, folder_id):
            errors = {name: ["The account of this service sees nothing of this id."]}
            raise MeridianError(VALIDATION_FAILED, errors=errors)


def _answer(film: Film) -> web.Response:
    return reply(show_film(film), headers={hdrs.ETAG: etag_of(film.id, film.revision)})
