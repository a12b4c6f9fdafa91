"""How fast copies are made, read from the catalog once all are there."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import asyncpg

from benchmarks.load import BenchmarkError

if TYPE_CHECKING:
    from datetime import datetime

    from benchmarks.bench import Bench

COPIES = """
SELECT versions.stored_at, max(replicas.verified_at) AS ready_at,
    bool_and(replicas.state = 'READY') AS is_ready
FROM storage.files
JOIN storage.versions
    ON versions.owner_id = files.owner_id AND versions.id = files.current_version_id
JOIN storage.replicas
    ON replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
JOIN storage.folders
    ON folders.owner_id = files.owner_id AND folders.id = files.folder_id
WHERE folders.parent_id IS NULL AND '/' || folders.name = $1 AND files.deleted_at IS NULL
    AND replicas.state <> 'GONE'
GROUP BY versions.owner_id, versions.id
"""
LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Copied:
    """A file that is ready everywhere: when it was stored, when the last copy was verified."""

    stored_at: datetime
    ready_at: datetime

    @property
    def seconds(self) -> float:
        """How long the copies took."""
        return (self.ready_at - self.stored_at).total_seconds()


async def wait_for_copies(bench: Bench, folder: str, files: int) -> list[Copied]:
    """Wait until every file of a folder is ready on every server."""
    connection = await asyncpg.connect(bench.database_url)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                rows = await connection.fetch(COPIES, folder)
                if len(rows) == files and all(row["is_ready"] for row in rows):
                    return [Copied(row["stored_at"], row["ready_at"]) for row in rows]
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError as error:
        raise BenchmarkError(f"not all copies were made in {PATIENCE_SECONDS} s") from error
    finally:
        await connection.close()


def seconds_since(began: datetime, copied: list[Copied]) -> list[float]:
    """From a moment to the last verified copy of each file."""
    return [(file.ready_at - began).total_seconds() for file in copied]


def typical_seconds(copied: list[Copied]) -> float:
    """Half of the files took no longer than this."""
    return median(file.seconds for file in copied)
