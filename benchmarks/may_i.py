"""What asking "may I?" costs an owner, as a share of what a request costs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from benchmarks.figures import Figure
from loadtest.processes import cpu_seconds
from services.storage.downloads.held import FIND_HELD
from services.storage.files.folders import FIND_FOLDER
from services.storage.files.found import FOUND_FILE
from shared.db import connect

if TYPE_CHECKING:
    from benchmarks.bench import Bench
    from shared.db import Connection

ROUNDS: Final = 8
TIMES: Final = 500
MILLI: Final = 1000
HUNDRED: Final = 100
# As if nothing could be shared: a thing is looked for among one's own, and nowhere else.
OWN_FILE: Final = """
found AS MATERIALIZED (SELECT owner_id, id FROM storage.files WHERE owner_id = $1 AND id = $2)
"""
FIND_OWN_HELD: Final = FIND_HELD.replace(FOUND_FILE, OWN_FILE)


@dataclass(frozen=True, slots=True)
class Asked:
    """Processor milliseconds of a list and of a download link, and what they were asked of."""

    list_ms: float
    link_ms: float
    folder_id: str
    file_id: str


async def measure_may_i(bench: Bench, asked: Asked) -> list[Figure]:
    """Of a list: what finds the folder takes; of a link: what its statement takes more for it."""
    assert FIND_OWN_HELD != FIND_HELD
    me = UUID((await bench.caller.call("GET", f"{bench.caller.stack.auth}/me"))["id"])
    statements = {
        "folder": (FIND_FOLDER, me, UUID(asked.folder_id)),
        "checked": (FIND_HELD, me, UUID(asked.file_id)),
        "own": (FIND_OWN_HELD, me, UUID(asked.file_id)),
    }
    taken = dict.fromkeys(statements, 0.0)
    async with await connect(bench.database_url) as pool, pool.acquire() as db:
        # In turn, so that what else the machine does falls upon all of them.
        for _ in range(ROUNDS):
            for name, statement in statements.items():
                taken[name] += await _cost(db, *statement)
    each = {name: MILLI * seconds / ROUNDS / TIMES for name, seconds in taken.items()}
    return [
        _share("a list", each["folder"], asked.list_ms),
        _share("a download link", each["checked"] - each["own"], asked.link_ms),
    ]


async def _cost(db: Connection, statement: str, me: UUID, thing_id: UUID) -> float:
    """Processor seconds here and in PostgreSQL."""
    pids = [db.get_server_pid()]
    before = cpu_seconds(pids) + time.process_time()
    for _ in range(TIMES):
        await db.fetch(statement, me, thing_id)
    return cpu_seconds(pids) + time.process_time() - before


def _share(what: str, check_ms: float, request_ms: float) -> Figure:
    return Figure(
        name=f"permission check, share of {what}",
        value=HUNDRED * check_ms / request_ms,
        unit="%",
        more_is_better=False,
        cpu_ms=check_ms,
    )
