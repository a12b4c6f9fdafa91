"""Actions: what I did."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.storage.history.actions import list_actions
from services.storage.history.schemas import show_action
from services.storage.keys import JOURNAL, POOL
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.reply import reply

if TYPE_CHECKING:
    from aiohttp import web

    from shared.web.paging import PageAsked


async def listing(request: web.Request, query: PageAsked) -> web.Response:
    """List what was done with my files, newest first.

    What another process of this service noted may be missing for a tenth of a second.
    """
    await request.app[JOURNAL].flush()
    before = decode_cursor(query.cursor, UUID)[0] if query.cursor else None
    actions = await list_actions(
        request.app[POOL], identity_of(request).user_id, before, query.limit + 1
    )
    page = cut_page(actions, query.limit, lambda action: encode_cursor(action.id))
    return reply({"items": [show_action(action) for action in page.items], "next": page.next})
