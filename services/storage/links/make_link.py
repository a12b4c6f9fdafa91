"""A person makes a link, changes it, or ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.links.link_settings import decide_end
from services.storage.links.links import (
    Terms,
    insert_link,
    revoke_link,
    revoke_links,
    update_link,
)
from services.storage.links.passwords import hash_for_owner
from services.storage.links.tokens import hash_link_token, new_link_token
from shared.errors import LINK_NOT_FOUND, PRECONDITION_FAILED, MeridianError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.links.links import Link, Target
    from services.storage.links.wanted import LinkWanted
    from shared.db import Connection, Pool
    from shared.passwords.hashing import Passwords


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """What it takes to make and change links."""

    pool: Pool
    passwords: Passwords

    async def create(self, caller: Caller, target: Target, wanted: LinkWanted) -> tuple[Link, str]:
        """Make a link, and the token that opens it; LINKS_OFF, VALIDATION_FAILED."""
        end = await decide_end(self.pool, wanted.end, has_password=wanted.password is not None)
        terms = await self._terms(wanted, end, owner_id=target.owner_id)
        token = new_link_token()
        async with self.pool.acquire() as db, db.transaction():
            link = await insert_link(db, hash_link_token(token), target, terms)
            await note(db, caller, link, ActionEvent.LINK_CREATE)
        return link, token

    async def change(self, caller: Caller, link: Link, wanted: LinkWanted) -> Link:
        """Give a link that was read other terms; VALIDATION_FAILED, PRECONDITION_FAILED."""
        has_password = wanted.password is not None if wanted.sets_password else link.has_password
        end = await decide_end(self.pool, wanted.end, has_password=has_password, before=link)
        terms = await self._terms(wanted.over(link), end, owner_id=link.owner_id)
        async with self.pool.acquire() as db, db.transaction():
            changed = await update_link(db, link, terms)
            if changed is None:
                raise MeridianError(PRECONDITION_FAILED)
            await note(db, caller, changed, ActionEvent.LINK_CHANGE)
        return changed

    async def _terms(
        self, wanted: LinkWanted, expires_at: datetime | None, *, owner_id: UUID
    ) -> Terms:
        """The terms with the password hashed."""
        return Terms(
            name=wanted.name,
            expires_at=expires_at,
            max_downloads=wanted.max_downloads,
            sets_password=wanted.sets_password,
            password_hash=await hash_for_owner(self.passwords, wanted.password, owner_id),
        )


async def end_link(pool: Pool, caller: Caller, link_id: UUID) -> None:
    """Revoke a link of the caller; from then on nothing is signed for it. LINK_NOT_FOUND."""
    assert caller.user_id is not None
    async with pool.acquire() as db, db.transaction():
        link = await revoke_link(db, caller.user_id, link_id)
        if link is None:
            raise MeridianError(LINK_NOT_FOUND)
        await note(db, caller, link, ActionEvent.LINK_DELETE)


async def end_links_of(db: Connection | Pool, caller: Caller, owner_id: UUID) -> int:
    """Revoke all links of a person, in a transaction; return how many there were."""
    links = await revoke_links(db, owner_id)
    for link in links:
        await note(db, caller, link, ActionEvent.LINK_DELETE)
    return len(links)


async def note(db: Connection | Pool, caller: Caller, link: Link, event: ActionEvent) -> None:
    """Write it into the owner's history."""
    action = NewAction(
        owner_id=link.owner_id,
        event=event,
        object_id=link.file_id or link.folder_id,
        data={"name": link.name, "target": link.target_name},
        link_id=link.id,
    )
    await insert_actions(db, caller, [action])
