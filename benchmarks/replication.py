"""How fast files travel to the other cities, beside plain copies between the same S3 servers."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.bench import hold_replicator
from benchmarks.copies import seconds_since, typical_seconds, wait_for_copies
from benchmarks.figures import Figure, Limit
from benchmarks.nodes import copy_by_hand, copy_by_rclone, erase_objects, find_way, put_objects
from benchmarks.people import upload_all
from loadtest.accounts import Account

if TYPE_CHECKING:
    from benchmarks.bench import Bench
    from benchmarks.nodes import Way

KIB = 1024
MIB = 1024 * KIB
ALONE = 15
BURST = 50
LARGE = 64 * MIB
TIMES = 3
SMALL = 16 * KIB
MANY = 500


async def measure_replication(bench: Bench) -> list[Figure]:
    """Measure one file alone, a burst, a large file and many small ones."""
    way = await way_of(bench)
    return [
        await _alone(bench, way),
        await _burst(bench, way),
        await _large(bench, way),
        await _many(bench, way),
    ]


async def way_of(bench: Bench) -> Way:
    """Find out from which server files travel, and by which addresses the replicator goes."""
    caller = bench.caller
    run = caller.stack.run
    chief = next(account for account in run["accounts"] if account["is_superuser"])
    seer = await caller.sign_in(Account(chief["username"], chief["password"]))
    servers = (await seer.call("GET", f"{caller.stack.storage}/servers"))["items"]
    await seer.call("POST", f"{caller.stack.auth}/logout")
    endpoints = {server["name"]: server["endpoint"] for server in servers}
    folder = _folder()
    (first,) = await upload_all(caller, folder, SMALL, (0,))
    await wait_for_copies(bench, folder, 1)
    return find_way(run, endpoints, first["server"])


async def _alone(bench: Bench, way: Way) -> Figure:
    """One file of 1 MiB after the other."""
    folder = _folder()
    for number in range(ALONE):
        await upload_all(bench.caller, folder, MIB, (number,))
        await wait_for_copies(bench, folder, number + 1)
    copied = await wait_for_copies(bench, folder, ALONE)
    keys = await put_objects(way.source, MIB, 1)
    raw = [await copy_by_hand(way, keys) for _ in range(ALONE)]
    await erase_objects(way, keys)
    return Figure(
        name=f"1 MiB alone to {len(way.targets)} cities, p50",
        value=1000 * typical_seconds(copied),
        unit="ms",
        limit=Limit(name="GET → PUT without us", value=1000 * median(raw)),
        more_is_better=False,
    )


async def _burst(bench: Bench, way: Way) -> Figure:
    """Files of 1 MiB that all wait when the replicator begins."""
    folder = _folder()
    with hold_replicator(bench.caller.stack):
        await upload_all(bench.caller, folder, MIB, range(BURST))
        began = datetime.now(UTC)
    copied = await wait_for_copies(bench, folder, BURST)
    seconds = seconds_since(began, copied)
    keys = await put_objects(way.source, MIB, BURST)
    raw = await copy_by_hand(way, keys)
    await erase_objects(way, keys)
    return Figure(
        name=f"{BURST} × 1 MiB to {len(way.targets)} cities",
        value=max(seconds),
        unit="s",
        limit=Limit(name="GET → PUT without us, 16 at once", value=raw),
        more_is_better=False,
        p50=1000 * median(seconds),
    )


async def _large(bench: Bench, way: Way) -> Figure:
    """One file of 64 MiB after the other."""
    folder = _folder()
    for number in range(TIMES):
        await upload_all(bench.caller, folder, LARGE, (number,))
        await wait_for_copies(bench, folder, number + 1)
    copied = await wait_for_copies(bench, folder, TIMES)
    keys = await put_objects(way.source, LARGE, 1)
    raw = [await copy_by_rclone(way, key=keys[0]) for _ in range(TIMES)]
    await erase_objects(way, keys)
    seconds = typical_seconds(copied)
    megabytes = len(way.targets) * LARGE / MIB
    return Figure(
        name=f"64 MiB to {len(way.targets)} cities",
        value=megabytes / seconds,
        unit="MiB/s",
        limit=Limit(name="rclone copyto, one for each city", value=megabytes / median(raw)),
        p50=1000 * seconds,
    )


async def _many(bench: Bench, way: Way) -> Figure:
    """Many small files that all wait when the replicator begins."""
    folder = _folder()
    with hold_replicator(bench.caller.stack):
        await upload_all(bench.caller, folder, SMALL, range(MANY))
        began = datetime.now(UTC)
    copied = await wait_for_copies(bench, folder, MANY)
    seconds = seconds_since(began, copied)
    keys = await put_objects(way.source, SMALL, MANY)
    raw = await copy_by_rclone(way)
    await erase_objects(way, keys)
    return Figure(
        name=f"{MANY} × 16 KiB to {len(way.targets)} cities",
        value=MANY / max(seconds),
        unit="files/s",
        limit=Limit(name="rclone copy --transfers 16, one for each city", value=MANY / raw),
        p50=1000 * median(seconds),
    )


def _folder() -> str:
    return f"/bench-{secrets.token_hex(4)}"
