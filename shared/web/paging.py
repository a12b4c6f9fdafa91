"""Pages of a list: `limit`, an opaque `cursor`, and the answer `{items, next}`."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, overload

import orjson
from marshmallow import Schema, fields, post_load, validate

from shared.errors import BAD_CURSOR, MeridianError
from shared.web.reply import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEFAULT_LIMIT: Final = 50
LARGEST_LIMIT: Final = 200
LONGEST_CURSOR: Final = 2000

RowT = TypeVar("RowT")
FirstT = TypeVar("FirstT")
SecondT = TypeVar("SecondT")
ThirdT = TypeVar("ThirdT")


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which page of a list."""

    limit: int
    cursor: str | None


class PageQuery(Schema):
    """Query of a list; a subclass with more fields has its own `make`."""

    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, LARGEST_LIMIT),
        metadata={"description": "How many items at most"},
    )
    cursor = fields.String(
        load_default=None,
        metadata={
            "description": "`next` of the page before; opaque",
            "pattern": "^[A-Za-z0-9_-]+$",
            "maxLength": LONGEST_CURSOR,
        },
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Any:
        """Make the dataclass."""
        return PageAsked(**loaded)


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """One page of a list; `next` is the cursor of the page behind it."""

    items: Sequence[RowT]
    next: str | None


def cut_page(rows: Sequence[RowT], limit: int, cursor_of: Callable[[RowT], str]) -> Page[RowT]:
    """Make a page of rows that were asked for with LIMIT limit + 1."""
    if len(rows) <= limit:
        return Page(rows, None)
    items = rows[:limit]
    return Page(items, cursor_of(items[-1]))


@cache
def page_of(item: type[Schema]) -> type[Schema]:
    """Describe a page of such items, for the `answer` of a route."""
    cursor = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Cursor of the next page, null on the last one"},
    )
    listed = fields.List(fields.Nested(item), required=True)
    name = item.__name__.removesuffix("Schema")
    return Schema.from_dict({"items": listed, "next": cursor}, name=f"{name}PageSchema")


def encode_cursor(*parts: object) -> str:
    """Pack sort values (text, whole numbers, times, UUIDs, None) into a cursor."""
    return base64.urlsafe_b64encode(encode(parts)).rstrip(b"=").decode()


@overload
def decode_cursor(cursor: str, first: Callable[[Any], FirstT], /) -> tuple[FirstT]: ...


@overload
def decode_cursor(
    cursor: str, first: Callable[[Any], FirstT], second: Callable[[Any], SecondT], /
) -> tuple[FirstT, SecondT]: ...


@overload
def decode_cursor(
    cursor: str,
    first: Callable[[Any], FirstT],
    second: Callable[[Any], SecondT],
    third: Callable[[Any], ThirdT],
    /,
) -> tuple[FirstT, SecondT, ThirdT]: ...


def decode_cursor(cursor: str, *readers: Callable[[Any], Any]) -> tuple[Any, ...]:
    """Unpack a cursor, a reader for each part (see `shared.web.cursor_parts`); or BAD_CURSOR."""
    try:
        parts = orjson.loads(_unpack(cursor))
        return tuple(read(part) for read, part in zip(readers, parts, strict=True))
    except (ValueError, TypeError, AttributeError) as error:
        raise MeridianError(BAD_CURSOR) from error


def _unpack(cursor: str) -> bytes:
    padding = "=" * (-len(cursor) % 4)
    return base64.b64decode(f"{cursor}{padding}", altchars=b"-_", validate=True)
