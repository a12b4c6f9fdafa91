"""Tickets of players: the playlists of one folder for some hours, by an address alone.

A player that is part of the browser sends no token of ours. A ticket is sealed, so nothing of it
has to be kept; whether its person may still see the folder is asked with every use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson

from shared.errors import TICKET_EXPIRED, MeridianError
from shared.vault import VaultError

if TYPE_CHECKING:
    from shared.vault import Vault

TICKET_SECONDS: Final = 21_600
FORMAT: Final = "hls-ticket/1"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose eyes it lends, and until when."""

    user_id: UUID
    folder_id: UUID
    expires_at: datetime


def new_ticket(user_id: UUID, folder_id: UUID) -> Ticket:
    """Make a ticket that is good for six hours."""
    return Ticket(user_id, folder_id, datetime.now(UTC) + timedelta(seconds=TICKET_SECONDS))


def seal_ticket(vault: Vault, ticket: Ticket) -> str:
    """Write a ticket so that nobody can make one or read it."""
    said = (FORMAT, ticket.user_id.hex, ticket.folder_id.hex, ticket.expires_at.timestamp())
    return vault.encrypt(orjson.dumps(said).decode()).decode()


def read_ticket(vault: Vault, text: str, folder_id: UUID) -> Ticket:
    """Read a ticket for a folder; TICKET_EXPIRED for what is none, or another's, or over."""
    try:
        said = orjson.loads(vault.decrypt(text.encode("utf-8", "replace")))
    except (VaultError, orjson.JSONDecodeError):
        raise MeridianError(TICKET_EXPIRED) from None
    if not isinstance(said, list) or said[:1] != [FORMAT]:
        raise MeridianError(TICKET_EXPIRED)
    until = datetime.fromtimestamp(said[3], UTC)
    ticket = Ticket(UUID(said[1]), UUID(said[2]), until)
    if ticket.folder_id != folder_id or until <= datetime.now(UTC):
        raise MeridianError(TICKET_EXPIRED)
    return ticket
