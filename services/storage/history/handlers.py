"""Actions: what was done with my things; and for administrators, with everybody's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from aiohttp import hdrs, web

from services.storage.history.export_schemas import MEDIA, write_head, write_lines
from services.storage.history.listing import list_actions, read_actions
from services.storage.history.schemas import show_action, show_any_action
from services.storage.keys import JOURNAL, POOL
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.reply import reply

if TYPE_CHECKING:
    from services.storage.history.actions import Action
    from services.storage.history.query_schemas import ActionsQuery, ExportQuery
    from shared.web.paging import Page


async def listing(request: web.Request, query: ActionsQuery) -> web.Response:
    """List what was done with my files, newest first.

    What another process of this service noted may be missing for a tenth of a second.
    """
    wanted = replace(query.wanted, owner_id=identity_of(request).user_id)
    page = await _page(request, replace(query, wanted=wanted))
    return reply({"items": [show_action(action) for action in page.items], "next": page.next})


async def list_all(request: web.Request, query: ActionsQuery) -> web.Response:
    """List what was done with anybody's files, newest first."""
    page = await _page(request, query)
    return reply({"items": [show_any_action(action) for action in page.items], "next": page.next})


async def export(request: web.Request, query: ExportQuery) -> web.StreamResponse:
    """Download what was done with my files, newest first, as NDJSON or CSV.

    All of it, in one answer that is written as it is read. One that was cut off ends in the middle
    of the transfer, which HTTP clients report.
    """
    await request.app[JOURNAL].flush()
    wanted = replace(query.wanted, owner_id=identity_of(request).user_id)
    answer = web.StreamResponse(headers=_export_headers(query.format))
    await answer.prepare(request)
    if request.method == hdrs.METH_HEAD:
        return answer
    await answer.write(write_head(query.format))
    async for actions in read_actions(request.app[POOL], wanted):
        await answer.write(write_lines(query.format, actions))
    await answer.write_eof()
    return answer


def _export_headers(name: str) -> dict[str, str]:
    return {
        hdrs.CONTENT_TYPE: f"{MEDIA[name]}; charset=utf-8",
        hdrs.CONTENT_DISPOSITION: f'attachment; filename="history.{name}"',
        hdrs.CACHE_CONTROL: "no-store",
    }


async def _page(request: web.Request, query: ActionsQuery) -> Page[Action]:
    await request.app[JOURNAL].flush()
    before = decode_cursor(query.cursor, UUID)[0] if query.cursor else None
    actions = await list_actions(request.app[POOL], query.wanted, before, query.limit + 1)
    return cut_page(actions, query.limit, lambda action: encode_cursor(action.id))
