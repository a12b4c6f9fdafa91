"""Somebody sends files by a file request: password, limits, and where the bytes go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from services.storage.files.destination import Target
from services.storage.opening.passes import make_pass
from services.storage.receiving.found_drops import get_drop_by_token, get_sent
from services.storage.receiving.refused import noting_guesses, told_to_senders
from services.storage.uploads.new_upload import ByDrop, DropRefuses, OnConflict
from services.storage.uploads.start import start_upload

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.opening.guard import LinkGuard
    from services.storage.opening.open_link import Key
    from services.storage.opening.passes import Pass
    from services.storage.receiving.found_drops import FoundDrop, Sent
    from services.storage.servers.fleet import Fleet
    from services.storage.settings import UploadRules
    from services.storage.uploads.new_upload import NewUpload
    from services.storage.uploads.start import StartedUpload
    from shared.db import Pool

# Large files take their time, and nothing can be seen by a pass: only sent.
PASS_SECONDS = 43_200


@dataclass(frozen=True, slots=True)
class Receiver:
    """What it takes to receive files by requests."""

    pool: Pool
    fleet: Fleet
    rules: UploadRules
    guard: LinkGuard

    async def open(self, caller: Caller, key: Key) -> tuple[Pass, str]:
        """Check the password and give a pass, with how it is shown.

        DROP_NOT_FOUND, DROP_EXPIRED, WRONG_PASSWORD, TOO_MANY_ATTEMPTS.
        """
        drop = await get_drop_by_token(self.pool, key.token)
        shown = await self._let_in(caller, drop, key)
        given = shown or make_pass(drop, None, PASS_SECONDS)
        return given, self.guard.seal(given)

    async def start(self, caller: Caller, key: Key, sender: str, new: NewUpload) -> StartedUpload:
        """Start an upload into the folder; as `open`.

        DROP_FULL, QUOTA_EXCEEDED, FILE_TOO_LARGE, NO_SERVER.
        """
        drop = await self._enter(caller, key)
        sent = replace(
            new,
            target=Target(folder_id=drop.folder_id),
            on_conflict=OnConflict.RENAME,
            by_drop=ByDrop(drop_id=drop.id, title=drop.title, sender=sender, own_name=new.name),
        )
        try:
            with told_to_senders():
                return await start_upload(
                    self.pool, self.fleet, self.rules, caller, drop.owner_id, sent
                )
        except DropRefuses as refused:
            raise (await get_drop_by_token(self.pool, key.token)).full() from refused

    async def find(self, caller: Caller, key: Key, upload_id: UUID) -> Sent:
        """What was sent by this request; as `open`, UPLOAD_NOT_FOUND."""
        return await get_sent(self.pool, await self._enter(caller, key), upload_id)

    async def _enter(self, caller: Caller, key: Key) -> FoundDrop:
        """The request of an address, for whoever has its pass where one is needed."""
        drop = await get_drop_by_token(self.pool, key.token)
        await self._let_in(caller, drop, replace(key, password=""))
        return drop

    async def _let_in(self, caller: Caller, drop: FoundDrop, key: Key) -> Pass | None:
        shown = self.guard.find_pass(key.shown_pass, drop)
        if shown is None:
            note = noting_guesses(self.pool, caller, drop)
            await self.guard.check(caller, drop, key.password, note)
        return shown
