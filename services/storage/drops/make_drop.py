"""A person asks for files, changes what is asked for, or ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.drops.drops import (
    Terms,
    insert_drop,
    revoke_drop,
    revoke_drops,
    update_drop,
)
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.links.link_settings import decide_end
from services.storage.links.passwords import hash_for_owner
from services.storage.links.tokens import hash_link_token, new_link_token
from shared.errors import DROP_NOT_FOUND, PRECONDITION_FAILED, MeridianError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.drops.drops import Drop
    from services.storage.drops.wanted import DropWanted
    from services.storage.files.folders import Folder
    from shared.db import Connection, Pool
    from shared.passwords.hashing import Passwords


@dataclass(frozen=True, slots=True)
class DropMaker:
    """What it takes to make and change file requests; what is allowed of links counts here, too."""

    pool: Pool
    passwords: Passwords

    async def create(self, caller: Caller, folder: Folder, wanted: DropWanted) -> tuple[Drop, str]:
        """Ask for files, with a token for the address; LINKS_OFF, VALIDATION_FAILED."""
        end = await decide_end(self.pool, wanted.end, has_password=wanted.password is not None)
        terms = await self._terms(wanted, end, owner_id=folder.owner_id)
        token = new_link_token()
        async with self.pool.acquire() as db, db.transaction():
            drop = await insert_drop(db, folder.owner_id, folder.id, hash_link_token(token), terms)
            await _note(db, caller, drop, ActionEvent.DROP_CREATE)
        return drop, token

    async def change(self, caller: Caller, drop: Drop, wanted: DropWanted) -> Drop:
        """Give a request that was read other terms; VALIDATION_FAILED, PRECONDITION_FAILED."""
        has_password = wanted.password is not None if wanted.sets_password else drop.has_password
        end = await decide_end(self.pool, wanted.end, has_password=has_password, before=drop)
        terms = await self._terms(wanted.over(drop), end, owner_id=drop.owner_id)
        async with self.pool.acquire() as db, db.transaction():
            changed = await update_drop(db, drop, terms)
            if changed is None:
                raise MeridianError(PRECONDITION_FAILED)
            await _note(db, caller, changed, ActionEvent.DROP_CHANGE)
        return changed

    async def _terms(
        self, wanted: DropWanted, expires_at: datetime | None, *, owner_id: UUID
    ) -> Terms:
        """The terms with the password hashed."""
        return Terms(
            title=wanted.title,
            message=wanted.message,
            expires_at=expires_at,
            max_files=wanted.max_files,
            max_bytes=wanted.max_bytes,
            sets_password=wanted.sets_password,
            password_hash=await hash_for_owner(self.passwords, wanted.password, owner_id),
        )


async def end_drop(pool: Pool, caller: Caller, drop_id: UUID) -> None:
    """End a request of the caller: nothing is taken by it from then on. DROP_NOT_FOUND."""
    assert caller.user_id is not None
    async with pool.acquire() as db, db.transaction():
        drop = await revoke_drop(db, caller.user_id, drop_id)
        if drop is None:
            raise MeridianError(DROP_NOT_FOUND)
        await _note(db, caller, drop, ActionEvent.DROP_DELETE)


async def end_drops_of(db: Connection | Pool, caller: Caller, owner_id: UUID) -> int:
    """End all requests of a person, in a transaction; return how many there were."""
    drops = await revoke_drops(db, owner_id)
    for drop in drops:
        await _note(db, caller, drop, ActionEvent.DROP_DELETE)
    return len(drops)


async def _note(db: Connection | Pool, caller: Caller, drop: Drop, event: ActionEvent) -> None:
    action = NewAction(
        owner_id=drop.owner_id,
        event=event,
        object_id=drop.folder_id,
        data={"title": drop.title},
        link_id=drop.id,
    )
    await insert_actions(db, caller, [action])
