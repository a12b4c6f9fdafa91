"""Who plays what, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from services.storage.hls.tickets import seal_ticket

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.hls.found import Found
    from services.storage.hls.playlists import Playlist
    from services.storage.hls.tickets import Ticket
    from shared.vault import Vault

STEERING: Final = "steering.json"
# A player that cannot ask for fresh addresses keeps these for the film and a long pause.
PAUSE_SECONDS: Final = 3600
LONGEST_SECONDS: Final = 21_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who plays what: `city` is the pathway of a variant; without a ticket a token is sent.

    `cities`: between how many the player may choose.
    """

    caller: Caller
    user_id: UUID
    folder_id: UUID
    playlist: str
    city: str | None = None
    cities: int
    ticket: Ticket | None = None

    def life_of(self, playlist: Playlist, seconds: int) -> int:
        """How long the addresses of segments live: `seconds` for who can ask again."""
        if self.ticket is None:
            return seconds
        return min(LONGEST_SECONDS, PAUSE_SECONDS + round(playlist.seconds))

    def onward(self, vault: Vault, file: Found, pathway: str) -> str:
        """The address of a variant, from that of this playlist."""
        query = f"city={pathway}{self._pass(vault, file.folder_id)}"
        return f"../../{file.folder_id}/hls/{quote(file.name, safe='')}?{query}"

    def steering(self, vault: Vault) -> str:
        """The address of the steering manifest, from that of this playlist."""
        named = quote(self.playlist, safe="")
        return f"{STEERING}?of={named}{self._pass(vault, self.folder_id)}"

    def _pass(self, vault: Vault, folder_id: UUID) -> str:
        """Let the player on to a folder below, for as long as to this one."""
        if self.ticket is None:
            return ""
        return f"&ticket={seal_ticket(vault, replace(self.ticket, folder_id=folder_id))}"
