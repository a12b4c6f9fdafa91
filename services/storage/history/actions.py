"""What was done to people's things, by whom and from where: added to, never changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from ipaddress import IPv4Address, IPv6Address
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.history.events import ActionEvent
    from shared.db import Connection, Pool

# What was noted before it is written brings its own id and moment.
INSERT_ACTIONS = """
INSERT INTO storage.actions
    (id, owner_id, user_id, event, object_id, data, ip, place, server, link_id, created_at)
SELECT COALESCE(id, storage.new_id()), owner_id, user_id, event, object_id, data, ip, place,
    server, link_id, COALESCE(created_at, now())
FROM jsonb_to_recordset($1) AS done(id uuid, owner_id uuid, user_id uuid, event text,
    object_id uuid, data jsonb, ip inet, place text, server text, link_id uuid,
    created_at timestamptz)
ON CONFLICT DO NOTHING
"""

Line: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One line of a history: what `user_id` did to a thing of `owner_id`."""

    id: UUID
    owner_id: UUID
    user_id: UUID | None
    event: str
    object_id: UUID | None
    data: Mapping[str, Any]
    ip: IPv4Address | IPv6Address | None
    place: str | None
    server: str | None
    link_id: UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAction:
    """What a caller did to a thing of `owner_id`; `server` is the name of the one chosen."""

    owner_id: UUID
    event: ActionEvent
    object_id: UUID | None
    data: Mapping[str, Any] = field(default_factory=dict)
    server: str | None = None
    link_id: UUID | None = None


async def insert_actions(
    db: Connection | Pool, caller: Caller | None, actions: Sequence[NewAction]
) -> None:
    """Add what the caller, or nobody but time, did to the histories of the owners."""
    await insert_lines(db, [line_of(caller, action) for action in actions])


def line_of(caller: Caller | None, action: NewAction) -> Line:
    """Write down what the caller, or nobody but time, did."""
    who: Line = {"user_id": None, "ip": None, "place": None}
    if caller is not None:
        who = {"user_id": caller.user_id, "ip": str(caller.ip), "place": caller.place.city}
    return {**asdict(action), **who}


async def insert_lines(db: Connection | Pool, lines: Sequence[Line]) -> None:
    """Add lines to the histories of their owners."""
    await db.execute(INSERT_ACTIONS, lines)
