"""One version from one server that has it to several that want it, read once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from services.replicator.choose import kept_from_the_dead
from services.replicator.copying.claiming import give_back
from services.replicator.copying.evidence import fingerprint_of
from services.replicator.copying.lane import SourceFailed
from services.replicator.copying.leases import kept_leases
from services.replicator.copying.pace import kept_pace
from services.replicator.copying.read_into import read_into
from services.replicator.copying.serve import serve
from services.replicator.copying.settle import fail
from services.replicator.copying.source import open_source
from shared.db_outage import is_database_away

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.replicator.copying.lane import Lane
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
            await give_back(shop.pool, lane.claim)


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
    reading = fingerprint_of(version, shop.settings.cut(version))
    for lane in lanes:
        lane.open()
    tasks = [asyncio.create_task(serve(shop, version, lane, reading)) for lane in lanes]
    try:
        async with kept_pace(lanes, version.size):
            async with open_source(shop, version, store) as source:
                await read_into(shop, version, source, reading, lanes)
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


async def _all_ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Let every destination end in its own way before an unexpected error of one is raised."""
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
