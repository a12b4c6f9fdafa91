"""Operations of players: who may call them, and what comes back."""

from __future__ import annotations

from typing import Final

from examples.movies import errors as own
from examples.movies.films.schemas import VIEW
from examples.movies.playing import handlers
from examples.movies.playing.schemas import PlaySchema, PosterSchema
from shared import errors
from shared.web.route import Route

AWAY: Final = (
    own.FILM_NOT_FOUND,
    own.FILM_NOT_STORED,
    own.STORAGE_UNAVAILABLE,
    errors.NO_HEALTHY_REPLICA,
)

ROUTES: Final = (
    Route("GET", "/films/{id}/play", handlers.play, VIEW, answer=PlaySchema, errors=AWAY),
    Route("GET", "/films/{id}/poster", handlers.poster, VIEW, answer=PosterSchema, errors=AWAY),
)
