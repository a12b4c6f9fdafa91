"""Requests a second of the operations people use most, beside what the machine allows."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from benchmarks import asking
from benchmarks.choosing import measure_choosing
from benchmarks.figures import Figure, Limit
from benchmarks.load import Load, Outcome, put_load
from benchmarks.people import upload_all
from benchmarks.raw import ITS_FOLDER, ONE_ROW, bare_http, bare_select
from benchmarks.refreshing import measure_refreshing

if TYPE_CHECKING:
    from benchmarks.asking import Operation
    from benchmarks.bench import Bench

FILE_BYTES = 1024
READERS = 4
WARM_SECONDS = 0.5


async def measure_operations(bench: Bench) -> list[Figure]:
    """Measure every operation, one after the other."""
    folder = f"/bench-{secrets.token_hex(4)}"
    files = await upload_all(bench.caller, folder, FILE_BYTES, range(asking.FILES))
    ids = [file["id"] for file in files]
    http = await bare_http(bench.seconds, asking.CLIENTS)
    row = await bare_select(bench, "one row", ONE_ROW, ids[0])
    rows = await bare_select(bench, f"{asking.FILES} rows", ITS_FOLDER, ids[0])
    plans = (
        (asking.verify_token(bench), http),
        (asking.list_files(bench, folder), rows),
        (asking.list_through_gateway(bench, folder), rows),
        (asking.link_downloads(bench, ids), row),
        (asking.log_in(bench), None),
    )
    figures = [await measure(bench, *plan) for plan in plans]
    figures += await _without_limits(bench)
    figures.append(await _reads_beside_logins(bench, asking.list_files(bench, folder)))
    # Last: the uploads it starts and never finishes keep the sweep busy for a while.
    for link in (asking.link_uploads, asking.link_own_uploads):
        figures.append(await measure(bench, link(bench, folder), row))
    return figures


async def _without_limits(bench: Bench) -> list[Figure]:
    return [await measure_refreshing(bench), *await measure_choosing(bench.seconds)]


async def measure(bench: Bench, operation: Operation, limit: Limit | None) -> Figure:
    """Ask for one operation, a moment to warm up and then for as long as it is measured."""
    await _load(bench, operation, WARM_SECONDS)
    outcome = await _load(bench, operation, bench.seconds)
    return Figure(
        name=operation.name,
        value=outcome.per_second,
        unit="/s",
        limit=limit,
        p50=outcome.p50,
        p99=outcome.p99,
        cpu_ms=outcome.cpu_ms,
    )


async def _load(bench: Bench, operation: Operation, seconds: float) -> Outcome:
    load = Load(operation.clients, seconds)
    return await put_load(operation.requests, load, bench.pids, operation.expected)


async def _reads_beside_logins(bench: Bench, reading: Operation) -> Figure:
    """How long a list takes while others log in."""
    reads, _ = await asyncio.gather(
        _load(bench, replace(reading, clients=READERS), bench.seconds),
        _load(bench, asking.log_in(bench), bench.seconds),
    )
    return Figure(
        name=f"{reading.name}, {READERS} readers beside {asking.LOGIN_CLIENTS} logins",
        value=reads.per_second,
        unit="/s",
        p50=reads.p50,
        p99=reads.p99,
    )
