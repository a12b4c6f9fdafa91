"""What people did: written with each change, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from ipaddress import IPv4Address, IPv6Address
    from uuid import UUID

    from services.storage.caller import Caller
    from shared.db import Connection, Pool

INSERT_ACTION = """
INSERT INTO storage.actions (user_id, event, object_id, data, ip) VALUES ($1, $2, $3, $4, $5)
"""
LIST_ACTIONS = """
SELECT id, event, object_id, data, ip, created_at FROM storage.actions
WHERE user_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One line of somebody's history."""

    id: int
    event: str
    object_id: UUID | None
    data: Mapping[str, Any]
    ip: IPv4Address | IPv6Address | None
    created_at: datetime


async def insert_action(
    db: Connection | Pool, caller: Caller, event: str, object_id: UUID, data: Mapping[str, Any]
) -> None:
    """Add a line to the caller's history."""
    await db.execute(INSERT_ACTION, caller.user_id, event, object_id, dict(data), caller.ip)


async def list_actions(
    db: Connection | Pool, user_id: UUID, before: int | None, limit: int
) -> list[Action]:
    """A person's history, newest first, from before that line on."""
    return [Action(**row) for row in await db.fetch(LIST_ACTIONS, user_id, before, limit)]
