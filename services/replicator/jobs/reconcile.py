"""Closes the gaps between what the servers should hold and what is written down.

They open when servers or the policy for all change: a server is added or activated, and each upload
that was being marked STORED in that moment has not seen it. So all versions are walked through at
once when they changed, a little later again, as long as copies wait for an erasure now and then,
and once a day in case there is something that nobody has thought of.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog

from services.replicator.catalog.wanted import BEFORE_ALL, describe_placement, want_page

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
    """One way through all versions.

    `changed_at` is since when all is placed like this, `again_at` when the next walk begins, by the
    clock of the database; `delayed` copies are wanted where an erasure is not over.
    """

    placement: str = ""
    changed_at: float = 0
    owner: str = str(BEFORE_ALL[0])
    version: str = str(BEFORE_ALL[1])
    seen: int = 0
    added: int = 0
    surplus: int = 0
    delayed: int = 0
    is_done: bool = True
    again_at: float = 0

    @classmethod
    def read(cls, progress: Mapping[str, Any]) -> Walk:
        """Go on where a process left off; what another release wrote begins anew."""
        return cls(**progress) if "placement" in progress else cls()

    def after(self, page: Page) -> Walk:
        """How far it is with one more page."""
        counted = replace(
            self,
            seen=self.seen + page.seen,
            added=self.added + page.added,
            surplus=self.surplus + page.surplus,
            delayed=self.delayed + page.delayed,
        )
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
        if page.added or page.surplus:
            shop.wake(0)
        if walk.is_done:
            log.info("placement.reconciled", seen=walk.seen, added=walk.added, surplus=walk.surplus)
        # The database has more to do than this.
        await asyncio.sleep(monotonic() - began)


async def _choose(shop: Workshop, walk: Walk) -> Walk:
    """Go on with a walk, or begin one."""
    placement, now = await describe_placement(shop.pool)
    begun = Walk(placement=placement, changed_at=walk.changed_at, is_done=False)
    if placement != walk.placement:
        return replace(begun, changed_at=now, again_at=now + SETTLED_SECONDS)
    if walk.is_done and now >= walk.again_at:
        return replace(begun, again_at=now + DAY_SECONDS)
    delay = max(SETTLED_SECONDS, (now - walk.changed_at) / 2)
    if walk.is_done and walk.delayed and walk.again_at > now + delay:
        return replace(walk, again_at=now + delay)
    return walk
