"""ETag and If-Match: a change is refused when someone else changed the thing meanwhile."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from aiohttp import hdrs

from shared.errors import PRECONDITION_FAILED, MeridianError
from shared.web.reply import encode

if TYPE_CHECKING:
    from aiohttp import web

ANY: Final = "*"
DIGEST_BYTES: Final = 12


def etag_of(*parts: object) -> str:
    """Make a strong ETag out of what changes when the thing does, such as id and revision."""
    return f'"{hashlib.blake2b(encode(parts), digest_size=DIGEST_BYTES).hexdigest()}"'


def revision_asked(request: web.Request, thing_id: object, revision: int) -> int | None:
    """Return the revision that a change is meant for; None for any, 412 for another one."""
    refuse_changed(request, etag_of(thing_id, revision))
    return revision if hdrs.IF_MATCH in request.headers else None


def refuse_changed(request: web.Request, etag: str) -> None:
    """Raise 412 when If-Match is given and names another state (RFC 9110, 13.1.1)."""
    wanted = ",".join(request.headers.getall(hdrs.IF_MATCH, (ANY,)))
    tags = {tag.strip() for tag in wanted.split(",")}
    if not tags & {ANY, etag}:
        raise MeridianError(PRECONDITION_FAILED)
