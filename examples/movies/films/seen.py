"""Which films somebody may see: the one place that is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from examples.movies.errors import FILM_NOT_FOUND
from examples.movies.films.films import get_film
from shared.errors import MeridianError

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from examples.movies.films.films import Film
    from shared.db import Pool

CHANGE: Final = "films.change"


async def get_seen(db: Pool, may: Callable[[str], bool], film_id: UUID) -> Film:
    """A film that somebody may see and play; FILM_NOT_FOUND."""
    film = await get_film(db, film_id)
    if not may(film.permission) and not may(CHANGE):
        raise MeridianError(FILM_NOT_FOUND)
    return film
