"""What the rows and the objects of a stack say, read past everything that is ours."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg

from services.local.servers.cities import BUCKET
from services.storage.cities.marker import KEY as MARKER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.world.stack import Stack

OWNER, DATABASE = "meridian", "meridian"

# Whatever still has a way to go. What was never stored waits for its URL to end: that is no work.
UNFINISHED = """
SELECT (SELECT count(*) FROM storage.outbox WHERE published_at IS NULL)
    + (SELECT count(*) FROM storage.versions WHERE state = 'DELETING')
    + (SELECT count(*) FROM storage.replicas
       WHERE state IN ('WANTED', 'COPYING', 'SUSPECT', 'ERASING'))
    + (SELECT count(*) FROM storage.versions v, storage.servers s
       WHERE v.state = 'STORED' AND s.is_active AND s.is_on AND NOT EXISTS (
           SELECT FROM storage.replicas r WHERE r.version_id = v.id AND r.server_id = s.id))
"""
# What that is, for whoever has to find out why.
LEFT = """
SELECT s.name, s.removed_at IS NOT NULL AS is_removed, s.health, v.state AS version,
    r.state AS replica, r.is_bulk, r.is_surplus, count(*), min(r.next_attempt_at) - now() AS next,
    min(r.last_error) AS error
FROM storage.versions v CROSS JOIN storage.servers s
LEFT JOIN storage.replicas r ON r.version_id = v.id AND r.server_id = s.id
WHERE v.state <> 'GONE' AND v.state <> 'PENDING'
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 4, 5
"""
REPLICAS = """
SELECT s.name AS city, v.key, v.size, v.sha256, v.state AS version, r.state AS replica
FROM storage.replicas r JOIN storage.versions v ON v.id = r.version_id
JOIN storage.servers s ON s.id = r.server_id
"""
# Objects that a row knows although no replica stands for them: uploads that are not settled yet,
# and what may still come by a URL that is good.
EXPECTED = """
SELECT key FROM storage.versions WHERE state = 'PENDING'
UNION SELECT upload_key FROM storage.versions WHERE upload_key IS NOT NULL
"""
# A removed city keeps what it has; nobody goes there any more.
CITIES = "SELECT name FROM storage.servers WHERE removed_at IS NULL"
LAG = """
SELECT coalesce(percentile_cont(0.99) WITHIN GROUP (
    ORDER BY extract(epoch FROM r.verified_at - v.stored_at)), 0)
FROM storage.replicas r JOIN storage.versions v ON v.id = r.version_id
WHERE r.state = 'READY' AND v.stored_at > to_timestamp($1)
"""
KEYS_OF_FILES = "SELECT key FROM storage.versions WHERE file_id = ANY($1::uuid[])"


@dataclass(frozen=True, slots=True)
class Found:
    """What does not agree."""

    corrupt: list[str]
    missing: list[str]
    orphans: list[str]
    unfinished: int


@dataclass(slots=True)
class Truth:
    """The database and the folders of the nodes; sessions are opened anew, for servers die."""

    stack: Stack
    home: Path
    database_url: str
    redis_url: str

    async def ask(self, statement: str, *values: Any) -> Any:
        """One value from the database."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close()

    async def rows(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """Rows from the database."""
        connection = await asyncpg.connect(self.database_url)
        try:
            return await connection.fetch(statement, *values)
        finally:
            await connection.close()

    def folder(self, city: str) -> Path:
        """Where a node keeps its objects."""
        return self.home / "cities" / city / BUCKET

    def objects(self, city: str) -> set[str]:
        """The keys of all objects of a city; what is not whole yet is none."""
        folder = self.folder(city)
        return {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith((".rclone_temp", MARKER))
        }

    async def until_settled(self, seconds: float) -> float:
        """Wait until nothing has a way to go; how long that took."""
        began = time.monotonic()
        left = -1
        while time.monotonic() - began < seconds:
            try:
                left = int(await self.ask(UNFINISHED))
            except (OSError, asyncpg.PostgresError):
                left = -1
            if left == 0:
                return time.monotonic() - began
            await asyncio.sleep(0.1)
        rows = "\n".join(str(dict(row)) for row in await self.rows(LEFT))
        raise AssertionError(
            f"{left} things are unfinished after {seconds} s\n{rows}\n{self.stack.screen}"
        )

    async def compare_settled(self, seconds: float) -> Found:
        """Compare while nothing has a way to go: an upload that nobody announced comes later."""
        deadline = time.monotonic() + seconds
        while True:
            await self.until_settled(seconds)
            found = await self.compare()
            if not found.unfinished or time.monotonic() > deadline:
                return found

    async def compare(self) -> Found:
        """Hold all rows against all objects."""
        rows = await self.rows(REPLICAS)
        cities = [str(row["name"]) for row in await self.rows(CITIES)]
        corrupt, missing = [], []
        kept: dict[str, set[str]] = {city: set() for city in cities}
        for row in rows:
            if row["replica"] == "READY":
                kept[row["city"]].add(row["key"])
                wrong = await asyncio.to_thread(self._fault_of, row)
                corrupt += [row["key"]] if wrong == "corrupt" else []
                missing += [row["key"]] if wrong == "missing" else []
        expected = {str(row["key"]) for row in await self.rows(EXPECTED)}
        orphans = [
            f"{city}/{key}" for city in cities for key in self.objects(city) - kept[city] - expected
        ]
        return Found(corrupt, missing, orphans, int(await self.ask(UNFINISHED)))

    def _fault_of(self, row: asyncpg.Record) -> str:
        try:
            content = (self.folder(row["city"]) / row["key"]).read_bytes()
        except FileNotFoundError:
            return "missing"
        is_same = len(content) == row["size"] and row["sha256"] == hashlib.sha256(content).digest()
        return "" if is_same else "corrupt"


def truth_of(stack: Stack) -> Truth:
    """Find the servers of a stack by what lies in its home."""
    ports = json.loads((stack.home / "ports.json").read_text())
    secrets = json.loads((stack.home / "secrets.json").read_text())
    at = f"{OWNER}:{secrets['postgres']}@127.0.0.1:{ports['postgres']}"
    redis = f"redis://:{secrets['valkey']}@127.0.0.1:{ports['valkey']}/0"
    return Truth(stack, stack.home, f"postgresql://{at}/{DATABASE}", redis)
