"""Somebody opens a link: password, count, and a URL that lives for a minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.downloads.offer import Wish, link_download
from services.storage.opening.found_links import count_download, get_by_token, give_back
from services.storage.opening.passes import make_pass
from services.storage.opening.refused import noting_guesses
from services.storage.opening.shared_folder import get_shared_folder
from services.storage.opening.target import get_target, get_target_below

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.downloads.held import Held
    from services.storage.downloads.offer import Download
    from services.storage.history.journal import Journal
    from services.storage.opening.found_links import FoundLink
    from services.storage.opening.guard import LinkGuard
    from services.storage.opening.passes import Pass
    from services.storage.servers.fleet import Fleet
    from shared.db import Pool

# What was signed dies so soon after a link was revoked.
URL_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What somebody shows to open a link: the token of the address, and a password or a pass."""

    token: str
    password: str = ""
    shown_pass: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A link that was opened: a pass, and for a file its download; first without any pass."""

    link: FoundLink
    sealed_pass: str
    expires_at: datetime
    name: str
    size: int | None
    download: Download | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class LinkOpener:
    """What it takes to open links."""

    pool: Pool
    journal: Journal
    fleet: Fleet
    guard: LinkGuard

    async def open(self, caller: Caller, key: Key) -> Opened:
        """Open a link.

        LINK_NOT_FOUND, LINK_EXPIRED, LINK_USED_UP, WRONG_PASSWORD, TOO_MANY_ATTEMPTS, NOT_STORED,
        NO_HEALTHY_REPLICA.
        """
        link = await get_by_token(self.pool, key.token)
        shown = await self.let_in(caller, link, key)
        if link.folder_id is not None:
            return await self._opened_folder(link, shown)
        held = await get_target(self.pool, link)
        return await self._open_file(caller, link, held, key.token, shown)

    async def open_below(self, caller: Caller, key: Key, file_id: UUID) -> Opened:
        """Open a file below the folder of a link, by the pass of the link; as `open`."""
        link, shown = await self.enter(caller, key)
        if shown is None or shown.file_id != file_id:
            link.refuse_used_up()
        held = await get_target_below(self.pool, link, file_id)
        return await self._open_file(caller, link, held, key.token, shown)

    async def enter(self, caller: Caller, key: Key) -> tuple[FoundLink, Pass | None]:
        """Let in whoever has a pass, or anybody where no password is needed; as `open`."""
        link = await get_by_token(self.pool, key.token)
        shown = self.guard.find_pass(key.shown_pass, link)
        if shown is None:
            await self._ask(caller, link, "")
        return link, shown

    async def let_in(self, caller: Caller, link: FoundLink, key: Key) -> Pass | None:
        """Check pass or password; the pass where a good one was shown."""
        shown = self.guard.find_pass(key.shown_pass, link)
        if shown is None:
            link.refuse_used_up()
            await self._ask(caller, link, key.password)
        return shown

    async def give(
        self, caller: Caller, link: FoundLink, held: Held, token: str, *, is_counted: bool
    ) -> Download:
        """Count and sign; what cannot be given is not counted."""
        if not is_counted:
            await count_download(self.pool, token, link)
        try:
            return link_download(
                self.journal, self.fleet, caller, held, Wish(seconds=URL_SECONDS), link_id=link.id
            )
        except Exception:
            if not is_counted:
                await give_back(self.pool, link)
            raise

    async def _ask(self, caller: Caller, link: FoundLink, password: str) -> None:
        note = noting_guesses(self.pool, caller, link)
        await self.guard.check(caller, link, password, note)

    async def _open_file(
        self, caller: Caller, link: FoundLink, held: Held, token: str, shown: Pass | None
    ) -> Opened:
        is_counted = shown is not None and shown.file_id == held.file_id
        download = await self.give(caller, link, held, token, is_counted=is_counted)
        given = shown if shown is not None and is_counted else make_pass(link, held.file_id)
        return Opened(
            link=link,
            sealed_pass=self.guard.seal(given),
            expires_at=given.expires_at,
            name=held.name,
            size=held.size,
            download=download,
            is_first=shown is None,
        )

    async def _opened_folder(self, link: FoundLink, shown: Pass | None) -> Opened:
        folder = await get_shared_folder(self.pool, link)
        given = shown or make_pass(link, None)
        return Opened(
            link=link,
            sealed_pass=self.guard.seal(given),
            expires_at=given.expires_at,
            name=folder.name,
            size=None,
            download=None,
            is_first=shown is None,
        )
