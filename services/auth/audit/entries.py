"""Entries of the audit: a chain of lines that are never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from shared.ledger import Link, next_link

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from ipaddress import IPv4Address, IPv6Address
    from uuid import UUID

    from asyncpg import Record

    from services.auth.audit.actions import Action, Actor
    from shared.db import Connection, Pool
    from shared.ledger import Chained

COLUMNS: Final = """audit.id, audit.actor_id, audit.action, audit.object_id, audit.before,
    audit.after, audit.ip, audit.created_at"""

# The row lock lets one writer append after the other, and each sees where the one before ended.
TAKE_HEAD: Final = """
UPDATE auth.audit_head SET number = number + 1 RETURNING number, hash, clock_timestamp() AS now
"""
INSERT_ENTRY: Final = """
INSERT INTO auth.audit (number, hash,
    id, actor_id, action, object_id, before, after, ip, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
MOVE_HEAD: Final = "UPDATE auth.audit_head SET hash = $1"
LIST_ENTRIES: Final = f"""
SELECT {COLUMNS}, audit.number FROM auth.audit
WHERE ($1::bigint IS NULL OR number < $1) ORDER BY number DESC LIMIT $2
"""
LIST_OF_OBJECT: Final = f"""
SELECT {COLUMNS}, audit.number FROM auth.audit
WHERE ($1::bigint IS NULL OR number < $1) AND object_id = $3 ORDER BY number DESC LIMIT $2
"""
READ_CHAIN: Final = f"""
SELECT {COLUMNS}, audit.number, audit.hash FROM auth.audit
WHERE number > $1 ORDER BY number LIMIT $2
"""
FIND_HEAD: Final = "SELECT number, hash FROM auth.audit_head"


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A change of one thing: what it was, and what it is since; None where there was nothing."""

    action: Action
    object_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A change of one thing as it was written down, by whom and from where."""

    id: UUID
    actor_id: UUID | None
    action: str
    object_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    ip: IPv4Address | IPv6Address | None
    created_at: datetime
    number: int


async def append_entry(db: Connection, actor: Actor, new: NewEntry) -> None:
    """Write a line behind the last one; in the transaction of the change."""
    head = await db.fetchrow(TAKE_HEAD)
    assert head is not None, "auth.audit_head has one row"
    row = {
        "id": uuid4(),
        "actor_id": actor.id,
        "action": new.action.value,
        "object_id": new.object_id,
        "before": new.before,
        "after": new.after,
        "ip": actor.ip,
        "created_at": head["now"],
    }
    link = next_link(Link(head["number"] - 1, head["hash"]), row)
    await db.execute(INSERT_ENTRY, link.number, link.hash, *row.values())
    await db.execute(MOVE_HEAD, link.hash)


async def list_entries(
    db: Connection | Pool, before: int | None, limit: int, object_id: str | None = None
) -> list[Entry]:
    """Entries before that number, of one thing if it is named, newest first."""
    if object_id is None:
        rows = await db.fetch(LIST_ENTRIES, before, limit)
    else:
        rows = await db.fetch(LIST_OF_OBJECT, before, limit, object_id)
    return [Entry(**row) for row in rows]


async def read_chain(db: Connection | Pool, after: int, limit: int) -> list[Chained]:
    """Rows behind that number with their links, in the order of the chain."""
    return [_split(row) for row in await db.fetch(READ_CHAIN, after, limit)]


async def find_head(db: Connection | Pool) -> Link:
    """Where the chain is said to end."""
    row = await db.fetchrow(FIND_HEAD)
    assert row is not None, "auth.audit_head has one row"
    return Link(row["number"], row["hash"])


def _split(row: Record) -> Chained:
    content = dict(row)
    return Link(content.pop("number"), content.pop("hash")), content
