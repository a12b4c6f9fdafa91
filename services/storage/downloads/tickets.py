"""Tickets: one download, by whoever shows the ticket, within a minute."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from shared.batches import in_batches
from shared.errors import TICKET_EXPIRED, MeridianError

if TYPE_CHECKING:
    from datetime import datetime

    from shared.db import Connection, Pool

TICKET_SECONDS = 60
SECRET_BYTES = 32
# The id of the owner comes first, which says where the row is, and that of the session last.
ID_BYTES = 16
TEXT_BYTES = ID_BYTES + SECRET_BYTES + ID_BYTES

INSERT_TICKET = """
INSERT INTO storage.download_tickets
    (owner_id, hash, user_id, file_id, version, inline, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7)) RETURNING expires_at
"""
SPEND_TICKET = """
DELETE FROM storage.download_tickets WHERE owner_id = $1 AND hash = $2 AND expires_at > now()
RETURNING owner_id, user_id, file_id, version, inline
"""
PRUNE_TICKETS = """
DELETE FROM storage.download_tickets WHERE (owner_id, hash) IN (
    SELECT owner_id, hash FROM storage.download_tickets WHERE expires_at < now() LIMIT $1)
RETURNING hash
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Which download it is good for, and who asked for it in which session."""

    owner_id: UUID
    user_id: UUID
    session_id: UUID
    file_id: UUID
    version: int | None
    inline: bool


@dataclass(frozen=True, slots=True)
class Issued:
    """A new ticket; its text is nowhere else."""

    text: str = field(repr=False)
    expires_at: datetime


async def issue_ticket(db: Connection | Pool, ticket: Ticket) -> Issued:
    """Make a ticket."""
    secret = secrets.token_bytes(SECRET_BYTES) + ticket.session_id.bytes
    expires_at = await db.fetchval(
        INSERT_TICKET,
        ticket.owner_id,
        _hash(secret),
        ticket.user_id,
        ticket.file_id,
        ticket.version,
        ticket.inline,
        TICKET_SECONDS,
    )
    return Issued(urlsafe_b64encode(ticket.owner_id.bytes + secret).decode(), expires_at)


async def spend_ticket(db: Connection | Pool, text: str) -> Ticket:
    """Take a ticket, once; TICKET_EXPIRED when there is none."""
    row = None
    try:
        packed = urlsafe_b64decode(text.encode("ascii"))
    except ValueError:
        packed = b""
    if len(packed) == TEXT_BYTES:
        owner_id, secret = UUID(bytes=packed[:ID_BYTES]), packed[ID_BYTES:]
        row = await db.fetchrow(SPEND_TICKET, owner_id, _hash(secret))
    if row is None:
        raise MeridianError(TICKET_EXPIRED)
    return Ticket(**row, session_id=UUID(bytes=packed[-ID_BYTES:]))


async def prune_tickets(db: Connection | Pool) -> None:
    """Drop tickets that nobody can use any more."""
    await in_batches(db, PRUNE_TICKETS)


def _hash(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()
