"""Films in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from examples.movies.films.films import NewFilm
from shared.unicode_text import find_hidden
from shared.web.input_fields import Pattern, Whole
from shared.web.paging import PageAsked, PageQuery

if TYPE_CHECKING:
    from examples.movies.films.films import Film

MASTER: Final = "master.m3u8"
VIEW: Final = "films.view"
LONGEST_TITLE: Final = 200
LONGEST_WORDS: Final = 200
MOST_GENRES: Final = 10
YEARS: Final = validate.Range(1870, 2200)
GENRE: Final = "^[a-z][a-z0-9-]{0,39}$"
PERMISSION: Final = r"^[a-z][a-z_]{0,39}(\.[a-z][a-z_]{0,39}){1,2}$"
NAME: Final = r"^[^/\x00-\x1f\x7f]{1,255}$"
TEXTS: Final = {"description": "a word in small letters", "example": "science-fiction"}


class Title(fields.String):
    """A title that people can read; in NFC."""

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=validate.Length(1, LONGEST_TITLE), **more)

    def _deserialize(self, value: Any, *more: Any, **kwargs: Any) -> str:
        text = normalize("NFC", super()._deserialize(value, *more, **kwargs)).strip()
        if not text or find_hidden(text) is not None:
            raise ValidationError("Must be a title that can be read.")
        return text


class FilmChangeSchema(Schema):
    """New values for a film."""

    title = Title(metadata={"example": "The Last City"})
    year = Whole(validate=YEARS, metadata={"example": 2024})
    genres = fields.List(
        fields.String(validate=Pattern(GENRE), metadata=TEXTS),
        validate=validate.Length(max=MOST_GENRES),
    )
    file_id = fields.UUID(allow_none=True, metadata={"description": "a file in storage"})
    folder_id = fields.UUID(allow_none=True, metadata={"description": "a folder of HLS segments"})
    playlist = fields.String(
        validate=Pattern(NAME), metadata={"description": "the playlist in that folder"}
    )
    poster_id = fields.UUID(allow_none=True, metadata={"description": "an image in storage"})
    permission = fields.String(
        validate=Pattern(PERMISSION),
        metadata={"description": "who may see and play it: give it to a role"},
    )


class NewFilmSchema(FilmChangeSchema):
    """A film to be."""

    title = Title(required=True, metadata={"example": "The Last City"})
    year = Whole(required=True, validate=YEARS, metadata={"example": 2024})

    @validates_schema
    def refuse_empty(self, loaded: dict[str, Any], **_: Any) -> None:
        """A film is a file or a folder, or both."""
        if loaded.get("file_id") is None and loaded.get("folder_id") is None:
            raise ValidationError("A file or a folder is needed.", "file_id")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> NewFilm:
        """Make the dataclass."""
        absent = {"genres": [], "playlist": MASTER, "permission": VIEW}
        empty = dict.fromkeys(("file_id", "folder_id", "poster_id"))
        return NewFilm(**{**empty, **absent, **loaded})


class FilmSchema(Schema):
    """A film."""

    id = fields.UUID(required=True)
    title = fields.String(required=True)
    year = fields.Integer(required=True)
    genres = fields.List(fields.String(), required=True)
    file_id = fields.UUID(required=True, allow_none=True)
    folder_id = fields.UUID(required=True, allow_none=True)
    playlist = fields.String(required=True)
    poster_id = fields.UUID(required=True, allow_none=True)
    permission = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)


@dataclass(frozen=True, slots=True)
class SearchAsked(PageAsked):
    """Which films, which page."""

    query: str
    genre: str | None
    year: int | None


class SearchSchema(PageQuery):
    """Query of a search."""

    query = fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_WORDS),
        metadata={"description": "words of the title, or how they begin"},
    )
    genre = fields.String(load_default=None, validate=Pattern(GENRE), metadata=TEXTS)
    year = fields.Integer(load_default=None, validate=YEARS)

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> SearchAsked:
        """Make the dataclass."""
        return SearchAsked(**loaded)


def show_film(film: Film) -> dict[str, Any]:
    """Answer for one film."""
    return {name: getattr(film, name) for name in FilmSchema().fields}
