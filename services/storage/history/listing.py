"""Lists of the history, by what was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from services.storage.history.actions import Action
from services.storage.lists import Conditions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Connection, Pool

COLUMNS: Final = """id, owner_id, user_id, event, object_id, data, ip, place, server, link_id,
    created_at"""
BEHIND_ALL: Final = UUID("ffffffff-ffff-ffff-ffff-ffffffffffff")
BATCH: Final = 500
# Ids count from here.
FIRST_MOMENT: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFilter:
    """Which lines of the history: of whose things, by whom, what, of which thing, since and until.

    `event` is one like FILE.UPLOAD, or all of a thing, like FILE.
    """

    owner_id: UUID | None = None
    user_id: UUID | None = None
    event: str | None = None
    object_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


async def list_actions(
    db: Connection | Pool, wanted: ActionFilter, before: UUID | None, limit: int
) -> list[Action]:
    """Lines of the history, newest first, from before that line on."""
    # An id says when, so it is the cursor, and moments are bounds of it.
    asked = Conditions("id < {}", before or BEHIND_ALL)
    for column in ("owner_id", "user_id", "object_id"):
        value = getattr(wanted, column)
        if value is not None:
            asked.add(f"{column} = {{}}", value)
    if wanted.event is not None:
        column = "event" if "." in wanted.event else "split_part(event, '.', 1)"
        asked.add(f"{column} = {{}}", wanted.event)
    if wanted.since is not None:
        asked.add("id >= storage.first_id({})", max(wanted.since, FIRST_MOMENT))
    if wanted.until is not None:
        asked.add("id < storage.first_id({})", max(wanted.until, FIRST_MOMENT))
    limited = asked.bind(limit)
    rows = await db.fetch(
        f"SELECT {COLUMNS} FROM storage.actions WHERE {asked} ORDER BY id DESC LIMIT {limited}",
        *asked.arguments,
    )
    return [Action(**row) for row in rows]


async def read_actions(pool: Pool, wanted: ActionFilter) -> AsyncIterator[list[Action]]:
    """All of them, some at a time, however many there are."""
    before: UUID | None = None
    while True:
        actions = await list_actions(pool, wanted, before, BATCH)
        if actions:
            yield actions
        if len(actions) < BATCH:
            return
        before = actions[-1].id
