"""The audit: look into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.audit.entries import list_entries
from services.auth.audit.schemas import show_entry
from services.auth.keys import POOL
from shared.web.cursor_parts import read_whole
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.reply import reply

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.audit.schemas import AuditAsked


async def show_audit(request: web.Request, query: AuditAsked) -> web.Response:
    """List who changed what of users, roles, permissions and keys, newest first.

    Every line holds the hash of the one before: `python -m services.auth verify-audit` tells
    whether one was changed or is missing.
    """
    before = decode_cursor(query.cursor, read_whole)[0] if query.cursor else None
    found = await list_entries(request.app[POOL], before, query.limit + 1, query.object_id)
    page = cut_page(found, query.limit, lambda entry: encode_cursor(entry.number))
    return reply({"items": [show_entry(entry) for entry in page.items], "next": page.next})
