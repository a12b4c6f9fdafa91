"""File requests as whoever has their address finds them, and the uploads that came by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from services.storage.files.found import IS_OFF
from services.storage.files.paths import WAY_UP
from services.storage.links.tokens import hash_link_token
from shared.catalog.versions import COLUMNS, Version
from shared.errors import (
    DROP_EXPIRED,
    DROP_FULL,
    DROP_NOT_FOUND,
    UPLOAD_NOT_FOUND,
    MeridianError,
)

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

# A request is there as long as its folder and what that is in are, its owner is not switched off,
# and links are allowed.
ABOVE: Final = WAY_UP.format(owner_id="drops.owner_id", folder_id="drops.folder_id")
FIND_DROP: Final = f"""
SELECT drops.owner_id, drops.id, drops.folder_id, drops.title, drops.message, drops.password_hash,
    drops.password_number, drops.max_files, drops.max_bytes, drops.files, drops.bytes,
    drops.expires_at, now() AS found_at
FROM storage.drops CROSS JOIN LATERAL {ABOVE} AS above
WHERE drops.token_hash = $1 AND drops.revoked_at IS NULL
    AND above.folders > 0 AND above.trashed_at IS NULL AND above.deleted_at IS NULL
    AND (SELECT public FROM storage.link_settings) AND NOT {IS_OFF.format("drops.owner_id")}
"""
COUNT_GUESS: Final = """
UPDATE storage.drops SET wrong_passwords = wrong_passwords + 1 WHERE owner_id = $1 AND id = $2
RETURNING wrong_passwords
"""
FIND_SENT: Final = f"""
SELECT {COLUMNS}, drop_files.name AS own_name FROM storage.drop_files
JOIN storage.versions ON versions.owner_id = drop_files.owner_id
    AND versions.id = drop_files.version_id
WHERE drop_files.owner_id = $1 AND drop_files.drop_id = $2 AND drop_files.version_id = $3
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDrop:
    """A request that takes files, perhaps not any more for time or limits."""

    owner_id: UUID
    id: UUID
    folder_id: UUID
    title: str
    message: str
    password_hash: str | None = field(repr=False)
    password_number: int
    max_files: int | None
    max_bytes: int | None
    files: int
    bytes: int
    expires_at: datetime | None
    # By the clock of the database, which all services share.
    found_at: datetime

    @property
    def is_over(self) -> bool:
        """Whether its time has passed."""
        return self.expires_at is not None and self.expires_at <= self.found_at

    @property
    def is_full(self) -> bool:
        """Whether another file with something in it would be refused."""
        too_many = self.max_files is not None and self.files >= self.max_files
        return too_many or (self.max_bytes is not None and self.bytes >= self.max_bytes)

    def full(self) -> MeridianError:
        """DROP_FULL with what is allowed; how much others sent is not told."""
        return MeridianError(DROP_FULL, max_files=self.max_files, max_bytes=self.max_bytes)


@dataclass(frozen=True, slots=True)
class Sent:
    """What somebody sent by a request, under the name it has for the sender."""

    drop_id: UUID
    upload: Version
    own_name: str


async def get_drop_by_token(db: Connection | Pool, token: str) -> FoundDrop:
    """Find the request of an address; DROP_NOT_FOUND also for an ended one, DROP_EXPIRED."""
    row = await db.fetchrow(FIND_DROP, hash_link_token(token))
    if row is None:
        raise MeridianError(DROP_NOT_FOUND)
    drop = FoundDrop(**row)
    if drop.is_over:
        raise MeridianError(DROP_EXPIRED)
    return drop


async def get_sent(db: Connection | Pool, drop: FoundDrop, upload_id: UUID) -> Sent:
    """An upload that came by this request; UPLOAD_NOT_FOUND for any other."""
    row = await db.fetchrow(FIND_SENT, drop.owner_id, drop.id, upload_id)
    if row is None:
        raise MeridianError(UPLOAD_NOT_FOUND)
    fields = dict(row)
    own_name = fields.pop("own_name")
    return Sent(drop.id, Version(**fields), own_name)


async def count_guess(db: Connection | Pool, drop: FoundDrop) -> int:
    """Let the owner see that somebody guesses; how many wrong passwords there were."""
    counted: int | None = await db.fetchval(COUNT_GUESS, drop.owner_id, drop.id)
    return counted or 0
