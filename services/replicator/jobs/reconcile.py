"""Closes the gaps between what the servers should hold and what is written down.

They open when the servers change: one is added or activated, and each upload that was being marked
STORED in that moment has not seen it. So all versions are walked through at once when they changed,
a little later again, and once a day in case there is something that nobody has thought of.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog

from services.replicator.catalog.wanted import BEFORE_ALL, list_holding, want_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.replicator.catalog.wanted import Page
    from services.replicator.workshop import Workshop
    from shared.jobs import Run

log = structlog.get_logger(__name__)

PAGE: Final = 500
# No statement that began before the servers changed lasts as long.
SETTLED_SECONDS: Final = 15.0
DAY_SECONDS: Final = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One way through all versions; `again_at` is when the next begins, by the database's clock."""

    servers: tuple[str, ...] = ()
    owner: str = str(BEFORE_ALL[0])
    version: str = str(BEFORE_ALL[1])
    seen: int = 0
    added: int = 0
    is_done: bool = True
    again_at: float = 0

    @classmethod
    def read(cls, progress: Mapping[str, Any]) -> Walk:
        """Go on where a process left off."""
        if not progress:
            return cls()
        return cls(**{**progress, "servers": tuple(progress["servers"])})

    def after(self, page: Page) -> Walk:
        """How far it is with one more page."""
        counted = replace(self, seen=self.seen + page.seen, added=self.added + page.added)
        if page.last is None:
            return replace(counted, is_done=True)
        owner, version = page.last
        return replace(counted, owner=str(owner), version=str(version))


async def reconcile(shop: Workshop, run: Run) -> None:
    """Walk on, if the servers have changed or it is time."""
    walk = await _choose(shop, Walk.read(run.progress))
    while not walk.is_done:
        began = monotonic()
        cursor = (UUID(walk.owner), UUID(walk.version))
        page = await want_page(shop.pool, cursor, PAGE)
        walk = walk.after(page)
        await run.report(asdict(walk))
        if page.added:
            shop.wake(0)
        if walk.is_done:
            log.info("placement.reconciled", seen=walk.seen, added=walk.added)
        # The database has more to do than this.
        await asyncio.sleep(monotonic() - began)


async def _choose(shop: Workshop, walk: Walk) -> Walk:
    """Go on with a walk, or begin one."""
    holding, now = await list_holding(shop.pool)
    servers = tuple(str(server) for server in holding)
    if servers != walk.servers:
        return Walk(servers=servers, is_done=False, again_at=now + SETTLED_SECONDS)
    if walk.is_done and now >= walk.again_at:
        return Walk(servers=servers, is_done=False, again_at=now + DAY_SECONDS)
    return walk
