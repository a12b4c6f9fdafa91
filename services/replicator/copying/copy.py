"""One version from one server that has it to several that want it, read once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from services.replicator.choose import kept_from_the_dead
from services.replicator.copying.fingerprint import Fingerprint
from services.replicator.copying.lane import SourceFailed
from services.replicator.copying.leases import kept_leases
from services.replicator.copying.pace import TooSlow, kept_pace
from services.replicator.copying.put import LeaseLost, upload
from services.replicator.copying.settle import fail, finish, lose, release
from services.replicator.copying.source import open_source
from shared.db_outage import is_database_away
from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.replicator.copying.lane import Lane
    from services.replicator.copying.source import Source
    from services.replicator.workshop import Workshop
    from shared.catalog.versions import Version
    from shared.stores.store import Store

log = structlog.get_logger(__name__)


async def copy(
    shop: Workshop, version: Version, sources: Sequence[Store], lanes: Sequence[Lane]
) -> None:
    """Serve every lane from the first source that can be read to its end, and settle its row."""
    try:
        async with kept_leases(shop, lanes):
            error = await _copy(shop, version, sources, lanes)
            for lane in _unsettled(lanes):
                await fail(shop, version, lane, error)
    finally:
        for lane in _unsettled(lanes):
            await release(shop, lane)


async def _copy(
    shop: Workshop, version: Version, sources: Sequence[Store], lanes: Sequence[Lane]
) -> Exception:
    """Try the sources in turn; why some lanes were not served, if any were not."""
    error: Exception = SourceFailed("no server that is on holds a verified copy")
    for source in sources:
        try:
            await _copy_from(shop, version, source, _unsettled(lanes))
        except SourceFailed as failed:
            error = failed
        except Exception as unexpected:  # noqa: BLE001 a city must not be copied from for ever
            return _note(version, unexpected)
        if not _unsettled(lanes):
            break
    return error


def _note(version: Version, error: Exception) -> Exception:
    """Whatever it is, it must not come back at once and for ever, unless the database is away."""
    if is_database_away(error):
        raise error
    log.error("copy_broke", version_id=version.id, exc_info=error)
    return error


async def _copy_from(
    shop: Workshop, version: Version, source: Store, lanes: Sequence[Lane]
) -> None:
    with kept_from_the_dead(shop, source) as may_read:
        if not may_read:
            raise SourceFailed(f"{source.server.name}: it does not answer")
        await _pour(shop, version, source, lanes)


def _unsettled(lanes: Sequence[Lane]) -> list[Lane]:
    return [lane for lane in lanes if not lane.is_settled]


async def _pour(shop: Workshop, version: Version, store: Store, lanes: Sequence[Lane]) -> None:
    """Read a source once, into all lanes; SourceFailed leaves their rows as they are."""
    reading = Fingerprint(shop.settings.part_size(version.size))
    for lane in lanes:
        lane.open()
    tasks = [asyncio.create_task(_serve(shop, version, lane, reading)) for lane in lanes]
    try:
        async with kept_pace(lanes, version.size):
            async with open_source(shop, version, store) as source:
                await _read(source, reading, lanes)
            await _all_ended(tasks)
    except SourceFailed as error:
        for lane in lanes:
            lane.stop(error)
        await _all_ended(tasks)
        raise
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(source: Source, reading: Fingerprint, lanes: Sequence[Lane]) -> None:
    """Hand out what is read, but the last piece only when all of it has proved right.

    So no server ever completes an object out of bytes that are not those of the version.
    """
    held_back = b""
    async for arrived in source.pieces():
        if not any(lane.is_open for lane in lanes):
            return
        for piece in reading.cut(arrived):
            await reading.add(piece)
            if held_back:
                await _give(lanes, held_back)
            held_back = piece
    proven = await source.check(reading)
    await _give(lanes, held_back)
    for lane in lanes:
        lane.end(proven)


async def _give(lanes: Sequence[Lane], piece: bytes) -> None:
    """Wait for whoever is slowest; `kept_pace` sees to it that nobody is too slow."""
    for lane in lanes:
        await lane.give(piece)


async def _serve(shop: Workshop, version: Version, lane: Lane, reading: Fingerprint) -> None:
    try:
        await lane.send(upload(shop, version, lane, reading))
    except SourceFailed:
        return
    except LeaseLost:
        await lose(shop, version, lane)
    except (StoreError, TooSlow) as error:
        await fail(shop, version, lane, error)
    else:
        await finish(shop, version, lane)


async def _all_ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Let every destination end in its own way before an unexpected error of one is raised."""
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
