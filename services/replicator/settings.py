"""Settings of the replicator, read once from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from environs import validate

from shared.catalog.unknown_objects import QUARANTINE_DAYS
from shared.stores.part_sizes import MEBIBYTE, SMALLEST_PART, choose_part_size

if TYPE_CHECKING:
    from environs import Env

    from shared.catalog.versions import Version


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the hashed parts of an object end, in bytes, and whether it is sent in them."""

    part_size: int
    in_parts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicatorSettings:
    """What only the replicator needs to know; times in seconds, sizes in bytes.

    `backfill_mib_per_second` of each process; 0: as quickly as it goes.
    """

    workers: int = 2
    copy_concurrency: int = 8
    part_bytes: int = 16 * MEBIBYTE
    multipart_bytes: int = 128 * MEBIBYTE
    lease_seconds: float = 30
    sweep_seconds: float = 5
    scrub_days: int = 30
    scrub_bytes_per_second: int = 16 * MEBIBYTE
    quarantine_days: int = QUARANTINE_DAYS
    backfill_mib_per_second: float = 0

    @property
    def bulk_concurrency(self) -> int:
        """How much of what is not urgent is done at once, beside the rest."""
        return max(1, self.copy_concurrency // 2)

    @property
    def yielding_concurrency(self) -> int:
        """How much of it while something is urgent: enough to come to an end some day."""
        return max(1, self.copy_concurrency // 8)

    @property
    def small_concurrency(self) -> int:
        """How much of it while nothing is urgent, as long as it is small."""
        return 2 * self.copy_concurrency

    def cut(self, version: Version) -> Cut:
        """Where a version is cut: as its upload was, so that every server makes the same ETag."""
        if version.part_size is not None:
            return Cut(version.part_size, in_parts=version.size > 0)
        part_size = choose_part_size(version.size, self.part_bytes)
        return Cut(part_size, in_parts=version.size > self.multipart_bytes)


def read_settings(env: Env) -> ReplicatorSettings:
    """Read and check the settings; EnvError names what is wrong."""
    return ReplicatorSettings(
        workers=env.int("REPLICATOR_WORKERS", 2, validate=validate.Range(1, 64)),
        copy_concurrency=env.int("COPY_CONCURRENCY", 8, validate=validate.Range(1, 256)),
        part_bytes=env.int(
            "PART_BYTES", 16 * MEBIBYTE, validate=validate.Range(SMALLEST_PART, 1024 * MEBIBYTE)
        ),
        multipart_bytes=env.int(
            "MULTIPART_BYTES", 128 * MEBIBYTE, validate=validate.Range(0, 5 * 1024 * MEBIBYTE)
        ),
        lease_seconds=env.float("LEASE_SECONDS", 30, validate=validate.Range(1, 3600)),
        sweep_seconds=env.float("SWEEP_SECONDS", 5, validate=validate.Range(0.1, 3600)),
        scrub_days=env.int("SCRUB_DAYS", 30, validate=validate.Range(1, 3650)),
        scrub_bytes_per_second=env.int(
            "SCRUB_BYTES_PER_SECOND", 16 * MEBIBYTE, validate=validate.Range(1)
        ),
        quarantine_days=env.int(
            "QUARANTINE_DAYS", QUARANTINE_DAYS, validate=validate.Range(1, 3650)
        ),
        backfill_mib_per_second=env.float(
            "BACKFILL_MIB_PER_SECOND", 0, validate=validate.Range(0, 1_000_000)
        ),
    )
