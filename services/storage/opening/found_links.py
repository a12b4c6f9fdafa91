"""Links as whoever has their address finds them, and the count of their downloads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from services.storage.files.found import IS_OFF
from services.storage.files.paths import WAY_UP
from services.storage.links.tokens import hash_link_token
from shared.errors import LINK_EXPIRED, LINK_NOT_FOUND, LINK_USED_UP, MeridianError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

# A link is there as long as its target and what that is in are, its owner is not switched off, and
# administrators allow links.
ABOVE: Final = WAY_UP.format(
    owner_id="links.owner_id", folder_id="COALESCE(links.folder_id, files.folder_id)"
)
FIND_LINK: Final = f"""
SELECT links.owner_id, links.id, links.name, links.file_id, links.folder_id, links.version,
    links.password_hash, links.password_number, links.max_downloads, links.downloads,
    links.expires_at, now() AS found_at
FROM storage.links
LEFT JOIN storage.files ON files.owner_id = links.owner_id AND files.id = links.file_id
CROSS JOIN LATERAL {ABOVE} AS above
WHERE links.token_hash = $1 AND links.revoked_at IS NULL
    AND above.trashed_at IS NULL AND above.deleted_at IS NULL
    AND files.deleted_at IS NULL AND files.trashed_at IS NULL
    AND (files.id IS NOT NULL OR above.folders > 0)
    AND (SELECT public FROM storage.link_settings) AND NOT {IS_OFF.format("links.owner_id")}
"""
# One statement decides and counts, so that parallel downloads cannot pass the limit.
COUNT_DOWNLOAD: Final = """
UPDATE storage.links SET downloads = downloads + 1, last_opened_at = now()
WHERE owner_id = $1 AND id = $2 AND revoked_at IS NULL
    AND (expires_at IS NULL OR expires_at > now())
    AND (max_downloads IS NULL OR downloads < max_downloads)
RETURNING id
"""
GIVE_BACK: Final = """
UPDATE storage.links SET downloads = downloads - 1 WHERE owner_id = $1 AND id = $2
"""
COUNT_GUESS: Final = """
UPDATE storage.links SET wrong_passwords = wrong_passwords + 1 WHERE owner_id = $1 AND id = $2
RETURNING wrong_passwords
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLink:
    """A link that leads somewhere, perhaps not any more for time or number of downloads."""

    owner_id: UUID
    id: UUID
    name: str
    file_id: UUID | None
    folder_id: UUID | None
    version: int | None
    password_hash: str | None = field(repr=False)
    password_number: int
    max_downloads: int | None
    downloads: int
    expires_at: datetime | None
    # By the clock of the database, which all services share.
    found_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether its time has passed."""
        return self.expires_at is not None and self.expires_at <= self.found_at

    @property
    def kind(self) -> str:
        """What it leads to."""
        return "folder" if self.file_id is None else "file"

    def refuse_used_up(self) -> None:
        """Raise LINK_USED_UP when it was used as often as it may be."""
        if self.max_downloads is not None and self.downloads >= self.max_downloads:
            raise MeridianError(LINK_USED_UP, limit=self.max_downloads)


async def get_by_token(db: Connection | Pool, token: str) -> FoundLink:
    """Find the link of an address; LINK_NOT_FOUND also for a revoked one, LINK_EXPIRED."""
    row = await db.fetchrow(FIND_LINK, hash_link_token(token))
    if row is None:
        raise MeridianError(LINK_NOT_FOUND)
    link = FoundLink(**row)
    if link.is_over:
        raise MeridianError(LINK_EXPIRED)
    return link


async def count_download(db: Connection | Pool, token: str, link: FoundLink) -> None:
    """Count one download; LINK_USED_UP, LINK_EXPIRED or LINK_NOT_FOUND when it may not be."""
    if await db.fetchval(COUNT_DOWNLOAD, link.owner_id, link.id) is None:
        (await get_by_token(db, token)).refuse_used_up()
        raise MeridianError(LINK_NOT_FOUND)


async def give_back(db: Connection | Pool, link: FoundLink) -> None:
    """Take a download back that was counted and could not be given."""
    await db.execute(GIVE_BACK, link.owner_id, link.id)


async def count_guess(db: Connection | Pool, link: FoundLink) -> int:
    """Let the owner see that somebody guesses; how many wrong passwords there were."""
    counted: int | None = await db.fetchval(COUNT_GUESS, link.owner_id, link.id)
    return counted or 0
