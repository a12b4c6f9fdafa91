"""Finds films: newest first, cut by keyset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from examples.movies.films.films import COLUMNS, Film

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from shared.db import Pool

# What a word is, marks of its letters included, PostgreSQL knows: it cuts the titles, too.
WORD: Final = re.compile(r"[^\s'\\]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Which films are wanted; `permissions` None sees all of them."""

    permissions: Collection[str] | None
    words: str = ""
    genre: str | None = None
    year: int | None = None
    before: UUID | None = None
    limit: int = 50


async def search_films(db: Pool, search: Search) -> list[Film]:
    """One page of films whose titles have all of the words, or words that begin like them."""
    statement, arguments = compose(search)
    return [Film(**row) for row in await db.fetch(statement, *arguments)]


def compose(search: Search) -> tuple[str, list[Any]]:
    """Write the statement of a search; its arguments. Only what is asked for is in its text."""
    asked = [(text, value) for text, value in _conditions(search).items() if value is not None]
    texts = [text.format(f"${place}") for place, (text, _) in enumerate(asked, start=1)]
    where = f" WHERE {' AND '.join(texts)}" if texts else ""
    order = f"ORDER BY id DESC LIMIT ${len(asked) + 1}"
    statement = f"SELECT {COLUMNS} FROM movies.films{where} {order}"
    return statement, [*(value for _, value in asked), search.limit]


def _conditions(search: Search) -> dict[str, Any]:
    """All that could be asked for; None where it is not."""
    held = search.permissions
    return {
        "permission = ANY({}::text[])": None if held is None else sorted(held),
        "words @@ to_tsquery('simple', {})": _words(search.words) or None,
        "genres @> ARRAY[{}::text]": search.genre,
        "year = {}": search.year,
        "id < {}": search.before,
    }


def _words(text: str) -> str:
    return " & ".join(f"'{word}':*" for word in WORD.findall(text))
