"""Operations on films: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from examples.movies import errors as own
from examples.movies.films import handlers
from examples.movies.films.schemas import (
    VIEW,
    FilmChangeSchema,
    FilmSchema,
    NewFilmSchema,
    SearchSchema,
)
from examples.movies.films.seen import CHANGE
from shared import errors
from shared.web.paging import page_of
from shared.web.route import Route

ROUTES: Final = (
    Route(
        "GET",
        "/films/search",
        handlers.search,
        VIEW,
        query=SearchSchema,
        answer=page_of(FilmSchema),
    ),
    Route(
        "POST",
        "/films",
        handlers.create,
        CHANGE,
        body=NewFilmSchema,
        answer=FilmSchema,
        has_etag=True,
        status=201,
        idempotent=True,
        errors=(own.STORAGE_UNAVAILABLE,),
    ),
    Route(
        "GET",
        "/films/{id}",
        handlers.show,
        VIEW,
        answer=FilmSchema,
        has_etag=True,
        errors=(own.FILM_NOT_FOUND,),
    ),
    Route(
        "PATCH",
        "/films/{id}",
        handlers.change,
        CHANGE,
        body=FilmChangeSchema,
        answer=FilmSchema,
        has_etag=True,
        errors=(own.FILM_NOT_FOUND, own.STORAGE_UNAVAILABLE, errors.PRECONDITION_FAILED),
    ),
    Route(
        "DELETE",
        "/films/{id}",
        handlers.delete,
        CHANGE,
        status=204,
        errors=(own.FILM_NOT_FOUND,),
    ),
)
