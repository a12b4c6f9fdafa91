"""Films: rows with a title, a year and genres, and the ids of files in storage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from examples.movies.errors import FILM_NOT_FOUND
from shared.errors import PRECONDITION_FAILED, MeridianError
from shared.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from shared.db import Pool

COLUMNS: Final = """id, title, year, genres, file_id, folder_id, playlist, poster_id, permission,
    revision, created_at, updated_at"""
CHANGEABLE: Final = (
    "title",
    "year",
    "genres",
    "file_id",
    "folder_id",
    "playlist",
    "poster_id",
    "permission",
)
INSERT_FILM: Final = f"""
INSERT INTO movies.films (id, title, year, genres, file_id, folder_id, playlist, poster_id,
    permission)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING {COLUMNS}
"""
FIND_FILM: Final = f"SELECT {COLUMNS} FROM movies.films WHERE id = $1"
UPDATE_FILM: Final = f"""
UPDATE movies.films SET title = $3, year = $4, genres = $5, file_id = $6, folder_id = $7,
    playlist = $8, poster_id = $9, permission = $10, revision = revision + 1, updated_at = now()
WHERE id = $1 AND revision = $2 RETURNING {COLUMNS}
"""
DELETE_FILM: Final = "DELETE FROM movies.films WHERE id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFilm:
    """A film to be; `permission` is what one needs to see and play it."""

    title: str
    year: int
    genres: Sequence[str]
    file_id: UUID | None
    folder_id: UUID | None
    playlist: str
    poster_id: UUID | None
    permission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Film(NewFilm):
    """A film as it is kept."""

    id: UUID
    revision: int
    created_at: datetime
    updated_at: datetime

    def changed(self, change: Mapping[str, Any]) -> NewFilm:
        """The film with other values."""
        return NewFilm(**{name: change.get(name, getattr(self, name)) for name in CHANGEABLE})


async def insert_film(db: Pool, new: NewFilm) -> Film:
    """Add a film."""
    row = await db.fetchrow(INSERT_FILM, new_id(), *_values(new))
    assert row is not None
    return Film(**row)


async def get_film(db: Pool, film_id: UUID) -> Film:
    """One film by id; FILM_NOT_FOUND."""
    row = await db.fetchrow(FIND_FILM, film_id)
    if row is None:
        raise MeridianError(FILM_NOT_FOUND)
    return Film(**row)


async def update_film(db: Pool, film: Film, new: NewFilm) -> Film:
    """Change a film that is still as it was read; PRECONDITION_FAILED."""
    row = await db.fetchrow(UPDATE_FILM, film.id, film.revision, *_values(new))
    if row is None:
        raise MeridianError(PRECONDITION_FAILED)
    return Film(**row)


async def delete_film(db: Pool, film_id: UUID) -> None:
    """Take a film out of the programme; its files stay where they are."""
    await db.execute(DELETE_FILM, film_id)


def _values(new: NewFilm) -> list[Any]:
    return [getattr(new, name) for name in CHANGEABLE]
