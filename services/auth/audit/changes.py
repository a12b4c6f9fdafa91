"""A change that others have to know: written down with it, told once it is done."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.auth.api_tokens.api_tokens import revoke_tokens
from services.auth.audit.entries import NewEntry, append_entry
from services.auth.permissions.scopes import refuse_long_users
from services.auth.revocations.rights import insert_rights_change
from services.auth.sessions.sessions import end_sessions, forget_left

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping
    from uuid import UUID

    from services.auth.audit.actions import Action, Actor
    from shared.db import Connection, Pool
    from shared.tokens.notices import Notice
    from shared.tokens.revocations import Revocations


@dataclass(slots=True)
class Change:
    """A transaction under way; what all changes lock comes last, in one order, and for a moment."""

    db: Connection
    actor: Actor
    entries: list[NewEntry] = field(default_factory=list)
    touched: set[UUID] = field(default_factory=set)
    widened: set[UUID] = field(default_factory=set)
    ended: list[UUID] = field(default_factory=list)

    def record(
        self,
        action: Action,
        object_id: object,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Have it written into the audit."""
        self.entries.append(NewEntry(action, str(object_id), before, after))

    def touch_rights(self, user_ids: Iterable[UUID]) -> None:
        """Make the access tokens of these users out of date: they may do something else now."""
        self.touched.update(user_ids)

    def widen_rights(self, user_ids: Iterable[UUID]) -> None:
        """Make them out of date for more rights: TOO_MANY_PERMISSIONS when no token holds them."""
        self.widened.update(user_ids)

    async def end_sessions(self, user_id: UUID, reason: str, spare: UUID | None = None) -> None:
        """End the sessions of a user, but for the spared one, and forget who had left others."""
        await forget_left(self.db, user_id, reason)
        self.ended += await end_sessions(self.db, user_id, reason, spare)

    def end_token(self, token_id: UUID) -> None:
        """Have it told that an API token was revoked."""
        self.ended.append(token_id)

    async def end_tokens(self, user_id: UUID) -> None:
        """Revoke the API tokens of a user."""
        self.ended += await revoke_tokens(self.db, user_id)

    async def finish(self) -> list[Notice]:
        """Write what was collected; return what to tell once it is committed."""
        notices = await insert_rights_change(self.db, sorted(self.touched | self.widened))
        # One change of rights after the other comes to here and sees those before.
        await refuse_long_users(self.db, self.widened)
        for entry in self.entries:
            await append_entry(self.db, self.actor, entry)
        return notices


@dataclass(frozen=True, slots=True)
class Changes:
    """What it takes to change something."""

    db: Pool
    revocations: Revocations

    @asynccontextmanager
    async def by(self, actor: Actor) -> AsyncIterator[Change]:
        """Do it in one transaction, and tell other processes when that is committed."""
        async with self.db.acquire() as connection, connection.transaction():
            change = Change(connection, actor)
            yield change
            notices = await change.finish()
        await self.revocations.tell(notices)
        await self.revocations.publish(change.ended)
