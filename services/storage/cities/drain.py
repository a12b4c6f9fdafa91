"""An operator drains a server: its copies go elsewhere, and a report says that nothing is lost."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import orjson

from services.storage.cities.drains import (
    Drain,
    Remaining,
    copy_rate,
    count_remaining,
    find_drain,
    finish_drain,
    insert_drain,
    list_running,
    set_draining,
    stop_drain,
    sum_up,
)
from services.storage.cities.sole_copies import count_sole_copies
from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from shared.catalog.servers import find_server, list_servers
from shared.errors import DRAIN_NOT_FOUND, LAST_SERVER, SERVER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.caller import Caller
    from shared.catalog.servers import Server
    from shared.db import Pool

ALGORITHM: Final = "HMAC-SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a drain is, or would be; `eta_seconds` is unknown while nothing arrives."""

    state: str
    remaining: Remaining
    files_total: int
    bytes_total: int
    bytes_per_second: float
    blockers: list[str]
    report: Any = None

    @property
    def eta_seconds(self) -> float | None:
        """How long it will take at the present rate."""
        if not self.remaining.bytes:
            return 0
        if not self.bytes_per_second:
            return None
        return round(self.remaining.bytes / self.bytes_per_second, 1)


async def plan_drain(pool: Pool, server_id: UUID) -> Progress:
    """Say what a drain would do, without beginning it; SERVER_NOT_FOUND."""
    server = await _get(pool, server_id)
    remaining = await count_remaining(pool, server_id)
    return await _progress(pool, server, "planned", remaining, remaining)


async def start_drain(pool: Pool, caller: Caller, server_id: UUID) -> Progress:
    """Begin to drain; nothing new is written to the server. SERVER_NOT_FOUND, LAST_SERVER."""
    server = await _get(pool, server_id)
    if not _others(await list_servers(pool), server):
        raise MeridianError(LAST_SERVER)
    async with pool.acquire() as db, db.transaction():
        await set_draining(db, server_id, is_draining=True)
        total = await count_remaining(db, server_id)
        if await insert_drain(db, server_id, caller.user_id, total) is not None:
            await _note(pool, caller, server, "started")
    return await show_progress(pool, server_id)


async def end_drain(pool: Pool, caller: Caller, server_id: UUID) -> None:
    """Stop a drain; the server takes files again. SERVER_NOT_FOUND, DRAIN_NOT_FOUND."""
    server = await _get(pool, server_id)
    async with pool.acquire() as db, db.transaction():
        is_draining = server.is_draining
        if await stop_drain(db, server_id) is None and not is_draining:
            raise MeridianError(DRAIN_NOT_FOUND)
        await set_draining(db, server_id, is_draining=False)
    await _note(pool, caller, server, "stopped")


async def show_progress(pool: Pool, server_id: UUID) -> Progress:
    """How far the newest drain of a server is; SERVER_NOT_FOUND, DRAIN_NOT_FOUND."""
    server = await _get(pool, server_id)
    drain = await find_drain(pool, server_id)
    if drain is None:
        raise MeridianError(DRAIN_NOT_FOUND)
    total = Remaining(drain.files_total, 0, drain.bytes_total)
    remaining = await count_remaining(pool, server_id)
    return await _progress(pool, server, _state(drain), remaining, total, drain.report)


async def finish_drains(pool: Pool, key: str) -> None:
    """End each drain that has nothing left to copy with a report that is signed with `key`."""
    for drain in await list_running(pool):
        if (await count_remaining(pool, drain.server_id)).versions:
            continue
        server = await find_server(pool, drain.server_id)
        sole = await count_sole_copies(pool, drain.server_id)
        if server is None or sole.versions:
            continue
        report = {
            "server": server.name,
            "started_at": drain.started_at.isoformat(),
            "finished_at": datetime.now(UTC).isoformat(),
            "sole_copies": sole.versions,
            **{
                name: found.isoformat() if isinstance(found, datetime) else found
                for name, found in (await sum_up(pool, drain.server_id)).items()
            },
        }
        await finish_drain(pool, drain.id, sign_report(report, key))


def sign_report(report: dict[str, Any], key: str) -> dict[str, Any]:
    """Add a signature of everything else in the report, in the order of the names."""
    text = orjson.dumps(report, option=orjson.OPT_SORT_KEYS)
    signature = hmac.new(key.encode(), text, hashlib.sha256).hexdigest()
    return {**report, "signature": {"algorithm": ALGORITHM, "value": signature}}


async def _progress(
    pool: Pool,
    server: Server,
    state: str,
    remaining: Remaining,
    total: Remaining,
    report: Any = None,
) -> Progress:
    others = _others(await list_servers(pool), server)
    blockers = [] if others else ["There is no other server that takes copies."]
    away = (other.name for other in others if other.state in {"offline", "off"})
    blockers.extend(f"{name} does not answer." for name in away)
    return Progress(
        state=state,
        remaining=remaining,
        files_total=total.files,
        bytes_total=total.bytes,
        bytes_per_second=await copy_rate(pool, server.id),
        blockers=blockers,
        report=report,
    )


def _others(servers: list[Server], server: Server) -> list[Server]:
    return [
        other
        for other in servers
        if other.id != server.id and other.is_active and not other.is_draining
    ]


def _state(drain: Drain) -> str:
    if drain.finished_at is not None:
        return "done"
    return "running" if drain.stopped_at is None else "stopped"


async def _get(pool: Pool, server_id: UUID) -> Server:
    server = await find_server(pool, server_id)
    if server is None:
        raise MeridianError(SERVER_NOT_FOUND)
    return server


async def _note(pool: Pool, caller: Caller, server: Server, what: str) -> None:
    assert caller.user_id is not None
    action = NewAction(
        owner_id=caller.user_id,
        event=ActionEvent.SERVER_DRAIN,
        object_id=server.id,
        data={"name": server.name, "drain": what},
    )
    await insert_actions(pool, caller, [action])
