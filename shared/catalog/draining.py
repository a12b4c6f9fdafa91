"""Draining a server: its copies go to the others, and it takes nothing new meanwhile."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from shared.catalog.drains import (
    copy_rate,
    find_drain,
    insert_drain,
    lock_departures,
    set_draining,
    stop_drain,
)
from shared.catalog.placement import should_hold
from shared.catalog.remaining import count_remaining
from shared.catalog.servers import list_servers
from shared.errors import DRAIN_NOT_FOUND, LAST_SERVER, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from shared.catalog.remaining import Remaining
    from shared.catalog.servers import Server
    from shared.db import Connection, Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a drain is, or would be; `eta_seconds` is unknown while nothing arrives."""

    state: str
    files: int
    bytes: int
    files_total: int
    bytes_total: int
    bytes_per_second: float
    blockers: list[str]
    report: Any = None

    @property
    def eta_seconds(self) -> float | None:
        """How long it will take at the present rate."""
        if not self.bytes:
            return 0
        if not self.bytes_per_second:
            return None
        return round(self.bytes / self.bytes_per_second, 1)

    def as_dict(self) -> dict[str, Any]:
        """As it is told, by the API and by commands."""
        return {**asdict(self), "eta_seconds": self.eta_seconds}


async def plan_drain(pool: Pool, server: Server) -> Progress:
    """Say what a drain would do, without beginning it."""
    left = await count_remaining(pool, server.id)
    return Progress(
        state="planned",
        files=left.files,
        bytes=left.bytes,
        files_total=left.files,
        bytes_total=left.bytes,
        bytes_per_second=await copy_rate(pool, server.id),
        blockers=await _blockers(pool, server),
    )


async def begin_drain(
    db: Connection, server: Server, started_by: UUID | None, total: Remaining
) -> bool:
    """Let a server take nothing new, in one transaction; False when it is drained already.

    LAST_SERVER when no other takes anything, SERVER_NOT_FOUND.
    """
    await lock_departures(db)
    if not _others(await list_servers(db), server):
        raise MeridianError(LAST_SERVER)
    await set_draining(db, server.id, is_draining=True)
    return await insert_drain(db, server.id, started_by, total) is not None


async def end_drain(db: Connection, server: Server) -> None:
    """Let a server take files again, in one transaction; DRAIN_NOT_FOUND, SERVER_NOT_FOUND."""
    if await stop_drain(db, server.id) is None and not server.is_draining:
        raise MeridianError(DRAIN_NOT_FOUND)
    await set_draining(db, server.id, is_draining=False)


async def show_progress(pool: Pool, server: Server) -> Progress:
    """How far the newest drain of a server is, as it was last counted; DRAIN_NOT_FOUND."""
    drain = await find_drain(pool, server.id)
    if drain is None:
        raise MeridianError(DRAIN_NOT_FOUND)
    return Progress(
        state=drain.state,
        files=drain.files_left,
        bytes=drain.bytes_left,
        files_total=drain.files_total,
        bytes_total=drain.bytes_total,
        bytes_per_second=await copy_rate(pool, server.id),
        blockers=await _blockers(pool, server),
        report=drain.report,
    )


async def _blockers(pool: Pool, server: Server) -> list[str]:
    """What stands in the way, in words."""
    others = _others(await list_servers(pool), server)
    if not others:
        return ["There is no other server that takes copies."]
    return [f"{other.name} does not answer." for other in others if _is_away(other)]


def _others(servers: list[Server], server: Server) -> list[Server]:
    return [other for other in should_hold(servers) if other.id != server.id]


def _is_away(server: Server) -> bool:
    return server.state in {"offline", "off"}
