"""One reading of a source, handed to every lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.replicator.catalog.part_hashes import keep_part_hashes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.replicator.copying.fingerprint import Fingerprint
    from services.replicator.copying.lane import Lane
    from services.replicator.copying.source import Source
    from services.replicator.workshop import Workshop
    from shared.catalog.versions import Version


async def read_into(
    shop: Workshop,
    version: Version,
    source: Source,
    reading: Fingerprint,
    lanes: Sequence[Lane],
) -> None:
    """Hand out what is read, but the last piece only when all of it has proved right.

    So no server ever completes an object out of bytes that are not those of the version.
    """
    held_back = b""
    async for arrived in source.pieces():
        if not any(lane.is_open for lane in lanes):
            return
        await _keep_to_the_limit(shop, lanes, len(arrived))
        for piece in reading.cut(arrived):
            await reading.add(piece)
            if held_back:
                await _give(lanes, held_back)
            held_back = piece
    proven = await source.check(reading)
    if reading.sha256_of_parts:
        await keep_part_hashes(shop.pool, version, reading.part_size, reading.sha256_of_parts)
    for lane in lanes:
        # Told with its last bytes: while a slower one is waited for, this one may well be done.
        await lane.give(held_back)
        lane.end(proven)


async def _keep_to_the_limit(shop: Workshop, lanes: Sequence[Lane], size: int) -> None:
    """Where nothing of it is fresh, send no more than back-fills may."""
    if all(lane.claim.is_bulk for lane in lanes):
        await shop.bulk_line.take(size * sum(lane.is_open for lane in lanes))


async def _give(lanes: Sequence[Lane], piece: bytes) -> None:
    """Wait for whoever is slowest; `kept_pace` sees to it that nobody is too slow."""
    for lane in lanes:
        await lane.give(piece)
