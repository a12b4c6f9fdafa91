"""One row of a table of routes: who may call what, with which body, and what comes back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from aiohttp import web

from shared.web.access import IN_PERSON, PUBLIC, SIGNED_IN, Guard, Permission

if TYPE_CHECKING:
    from marshmallow import Schema

    from shared.errors import Problem

__all__ = ("IN_PERSON", "PUBLIC", "SIGNED_IN", "Guard", "Route")

LARGEST_BODY: Final = 0x10000  # 64 KiB
Handler: TypeAlias = Callable[..., Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; `path` as in the API document, below `<prefix>/v1`.

    `body` and `query` are schemas whose @post_load makes a dataclass, which the handler gets as
    `body=` and `query=`; `answer` is the schema of what comes back, or a media type;
    it comes in one of `other_media` where the caller accepts that.
    `permission` may be a guard of the route's own; nothing of a body is read before it lets pass,
    and never more than `largest_body` bytes.
    `status` is that of a success; the handler names one of `other_statuses` where it applies.
    `has_etag`: the answer has an ETag, for `If-Match`.
    `errors` are what the operation itself can refuse with. A GET that `uses_up` something knows no
    HEAD, which would do the same.
    In a path `{id}` and `{…_id}` are UUIDs, `{number}` counts from 1, the rest is text.
    """

    method: str
    path: str
    handler: Handler
    permission: Permission
    _: KW_ONLY  # noqa: WPS122
    body: type[Schema] | None = None
    largest_body: int = LARGEST_BODY
    query: type[Schema] | None = None
    answer: type[Schema] | str | None = None
    other_media: tuple[str, ...] = ()
    status: int = 200
    other_statuses: tuple[int, ...] = ()
    errors: tuple[Problem, ...] = ()
    idempotent: bool = False
    may_redirect: bool = False
    uses_up: bool = False
    has_etag: bool = False
