"""What a sweep over one server found, written down as it goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Connection, Pool

Kind: TypeAlias = Literal["inventory", "scrub", "orphans"]

KEEP_DAYS: Final = 90

BEGIN_SWEEP: Final = """
INSERT INTO storage.sweeps (server_id, kind) VALUES ($1, $2) RETURNING id
"""
NOTE_SWEEP: Final = """
UPDATE storage.sweeps SET seen = $2, missing = $3, changed = $4, unknown = $5, healed = $6,
    finished_at = CASE WHEN $7 THEN now() END, stopped_because = $8
WHERE id = $1
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


async def prune_sweeps(db: Connection | Pool) -> None:
    """Forget old sweeps."""
    await db.execute(PRUNE_SWEEPS)
