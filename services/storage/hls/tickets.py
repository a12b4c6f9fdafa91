"""Tickets of players: the playlists of one folder for some hours, by an address alone.

A player that is part of the browser sends no token of ours. A ticket is sealed, so nothing of it
has to be kept; whether its session goes on, and its person may still see the folder, is asked with
every use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson

from shared.errors import TICKET_EXPIRED, MeridianError
from shared.tokens.notices import LONGEST_TICKET
from shared.vault import VaultError

if TYPE_CHECKING:
    from shared.vault import Vault
    from shared.web.identity import Identity

FORMAT: Final = "hls-ticket/2"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose eyes it lends, in which session it was made, and until when."""

    user_id: UUID
    session_id: UUID
    folder_id: UUID
    expires_at: datetime


def new_ticket(identity: Identity, folder_id: UUID) -> Ticket:
    """Make a ticket that is good for six hours, or as long as the API token it is asked with."""
    until = datetime.now(UTC) + timedelta(seconds=LONGEST_TICKET)
    if identity.is_api_token and identity.expires_at is not None:
        until = min(until, identity.expires_at)
    return Ticket(identity.user_id, identity.session_id, folder_id, until)


def seal_ticket(vault: Vault, ticket: Ticket) -> str:
    """Write a ticket so that nobody can make one or read it."""
    ids = (ticket.user_id.hex, ticket.session_id.hex, ticket.folder_id.hex)
    said = (FORMAT, *ids, ticket.expires_at.timestamp())
    return vault.encrypt(orjson.dumps(said).decode()).decode()


def read_ticket(vault: Vault, text: str, folder_id: UUID) -> Ticket:
    """Read a ticket for a folder; TICKET_EXPIRED for what is none, or another's, or over."""
    try:
        said = orjson.loads(vault.decrypt(text.encode("utf-8", "replace")))
    except (VaultError, orjson.JSONDecodeError):
        raise MeridianError(TICKET_EXPIRED) from None
    if not isinstance(said, list) or said[:1] != [FORMAT]:
        raise MeridianError(TICKET_EXPIRED)
    user_id, session_id, of_folder = map(UUID, said[1:4])
    ticket = Ticket(user_id, session_id, of_folder, datetime.fromtimestamp(said[4], UTC))
    if ticket.folder_id != folder_id or ticket.expires_at <= datetime.now(UTC):
        raise MeridianError(TICKET_EXPIRED)
    return ticket
