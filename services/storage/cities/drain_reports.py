"""A drain that has nothing left to copy ends with a signed report: nothing is lost."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import orjson

from services.storage.cities.sole_copies import count_sole_copies
from shared.catalog.drains import finish_drain, list_running, note_left
from shared.catalog.file_pages import FILES, HELD_OF_PAGE, LAST_OF_PAGE, Tally, fetch_pages
from shared.catalog.remaining import count_remaining
from shared.catalog.servers import find_server

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from shared.catalog.drains import Drain
    from shared.db import Pool

ALGORITHM: Final = "HMAC-SHA256"
SUM_UP: Final = f"""
WITH {HELD_OF_PAGE}
SELECT {LAST_OF_PAGE}, {FILES}, count(*) AS versions, COALESCE(sum(size), 0)::bigint AS bytes,
    min(verified_at) AS oldest_verification, max(verified_at) AS newest_verification
FROM held
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a server has, and when it was verified elsewhere."""

    files: int = 0
    versions: int = 0
    bytes: int = 0
    oldest_verification: datetime | None = None
    newest_verification: datetime | None = None

    def with_page(self, page: Record, files: int) -> Summary:
        """Add what a page of versions says; so many files there are with it."""
        oldest = [self.oldest_verification, page["oldest_verification"]]
        newest = [self.newest_verification, page["newest_verification"]]
        return Summary(
            files=files,
            versions=self.versions + page["versions"],
            bytes=self.bytes + page["bytes"],
            oldest_verification=min(filter(None, oldest), default=None),
            newest_verification=max(filter(None, newest), default=None),
        )


async def look_at_drains(pool: Pool, key: str) -> None:
    """Note how far each drain is, and end those that are done with a report signed with `key`."""
    for drain in await list_running(pool):
        left = await count_remaining(pool, drain.server_id)
        await note_left(pool, drain.id, left)
        if not left.versions:
            await _finish(pool, drain, key)


def sign_report(report: dict[str, Any], key: str) -> dict[str, Any]:
    """Add a signature of everything else in the report, in the order of the names."""
    text = orjson.dumps(report, option=orjson.OPT_SORT_KEYS)
    signature = hmac.new(key.encode(), text, hashlib.sha256).hexdigest()
    return {**report, "signature": {"algorithm": ALGORITHM, "value": signature}}


async def _finish(pool: Pool, drain: Drain, key: str) -> None:
    server = await find_server(pool, drain.server_id)
    sole = await count_sole_copies(pool, drain.server_id)
    if server is None or sole.versions:
        return
    report = {
        "server": server.name,
        "started_at": drain.started_at.isoformat(),
        "finished_at": datetime.now(UTC).isoformat(),
        "sole_copies": sole.versions,
        **{
            name: found.isoformat() if isinstance(found, datetime) else found
            for name, found in asdict(await sum_up(pool, drain.server_id)).items()
        },
    }
    await finish_drain(pool, drain.id, sign_report(report, key))


async def sum_up(pool: Pool, server_id: UUID) -> Summary:
    """Sum up what a server has."""
    summary, tally = Summary(), Tally()
    async for page in fetch_pages(pool, SUM_UP, server_id):
        summary = summary.with_page(page, tally.add(page))
    return summary
