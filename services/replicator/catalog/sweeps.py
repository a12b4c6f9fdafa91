"""What a sweep over one server found, written down as it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection, Pool

Kind: TypeAlias = Literal["inventory", "scrub", "orphans"]

KEEP_DAYS: Final = 90
# When more than a few, and most of what there should be, is not there, it is not the objects.
ALWAYS: Final = 10
MOST_SHARE: Final = 0.5

BEGIN_SWEEP: Final = """
INSERT INTO storage.sweeps (server_id, kind) VALUES ($1, $2) RETURNING id
"""
NOTE_SWEEP: Final = """
UPDATE storage.sweeps SET seen = $2, missing = $3, changed = $4, unknown = $5, healed = $6,
    finished_at = CASE WHEN $7 THEN now() END, stopped_because = $8
WHERE id = $1
"""
LOST_MUCH: Final = f"""
SELECT EXISTS (
    SELECT FROM storage.sweeps
    WHERE server_id = $1 AND kind = 'scrub' AND id > storage.first_id(now() - interval '1 day')
        AND missing > {ALWAYS} AND stopped_because IS NOT NULL)
"""
PRUNE_SWEEPS: Final = f"""
DELETE FROM storage.sweeps WHERE id < storage.first_id(now() - interval '{KEEP_DAYS} days')
"""


@dataclass(slots=True)
class Sweep:
    """The counts of one sweep, while it goes on."""

    id: UUID
    seen: int = 0
    missing: int = 0
    changed: int = 0
    unknown: int = 0
    healed: int = 0

    def find_alarm(self, compared: int) -> str | None:
        """Say that so much of what was compared is missing that nothing more is to be doubted."""
        if self.missing <= max(ALWAYS, compared * MOST_SHARE):
            return None
        count = f"{self.missing} of {compared}"
        return f"{count} objects are missing, which looks like another disk or bucket"


async def begin_sweep(db: Connection | Pool, server_id: UUID, kind: Kind) -> Sweep:
    """Write down that a sweep begins."""
    sweep_id: UUID = await db.fetchval(BEGIN_SWEEP, server_id, kind)
    return Sweep(sweep_id)


async def note_sweep(
    db: Connection | Pool, sweep: Sweep, *, is_over: bool = False, because: str | None = None
) -> None:
    """Write down how far it is, or how it ended; `because`: why it was not carried to its end."""
    counts = (sweep.seen, sweep.missing, sweep.changed, sweep.unknown, sweep.healed)
    await db.execute(NOTE_SWEEP, sweep.id, *counts, is_over, because)


async def lost_much(db: Connection | Pool, server_id: UUID) -> bool:
    """Whether a scrub of the last day was ended because too much was missing."""
    found: bool = await db.fetchval(LOST_MUCH, server_id)
    return found


async def prune_sweeps(db: Connection | Pool) -> None:
    """Forget old sweeps."""
    await db.execute(PRUNE_SWEEPS)
