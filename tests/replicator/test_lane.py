"""One destination's queue: bounded, and stopped at any moment."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from services.replicator.catalog.claims import Claim
from services.replicator.copying.evidence import Proven
from services.replicator.copying.fingerprint import Fingerprint, Hashing
from services.replicator.copying.lane import QUEUE_BYTES, Lane, SourceFailed
from services.replicator.copying.read_into import read_into
from tests.world.calm import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PIECE = bytes(QUEUE_BYTES // 4)
PROVEN = Proven(b"", "reading", uuid4())


@pytest.fixture
def lane() -> Lane:
    return Lane(Claim(uuid4(), uuid4(), uuid4(), "somebody", 1, None), None)  # type: ignore[arg-type]


async def read(lane: Lane, size: int, into: list[bytes]) -> None:
    into.extend([piece async for piece in lane.take(size)])


async def test_bytes_pass_in_order(lane: Lane) -> None:
    got: list[bytes] = []
    sending = asyncio.create_task(lane.send(read(lane, 10, got)))
    for piece in (b"0123", b"45", b"6789"):
        await lane.give(piece)
        await asyncio.sleep(0)
    await sending
    assert got == [b"0123", b"45", b"6789"]


async def test_giving_waits_for_room(lane: Lane) -> None:
    for _ in range(4):
        await lane.give(PIECE)
    assert lane.is_full
    giving = asyncio.create_task(lane.give(PIECE))
    await asyncio.sleep(0.01)
    assert not giving.done()
    async for _ in lane.take(len(PIECE)):
        break
    await giving


async def test_a_small_body_waits_for_its_end(lane: Lane) -> None:
    taking = asyncio.create_task(lane.take_all())
    await lane.give(b"some")
    await lane.give(b"thing")
    await asyncio.sleep(0.01)
    assert not taking.done()
    lane.end(PROVEN)
    assert await taking == b"something"


async def test_stopping_before_the_upload_begins(lane: Lane) -> None:
    lane.stop(SourceFailed("at once"))
    with pytest.raises(SourceFailed, match="at once"):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await lane.send(read(lane, 1, []))


async def test_stopping_before_the_upload_begins_in_its_task(lane: Lane) -> None:
    sending = asyncio.create_task(lane.send(read(lane, 1, [])))
    lane.stop(SourceFailed("at once"))
    with pytest.raises(SourceFailed, match="at once"):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await sending


async def test_stopping_in_the_middle(lane: Lane) -> None:
    sending = asyncio.create_task(lane.send(read(lane, 10, [])))
    await lane.give(b"abc")
    await asyncio.sleep(0.01)
    lane.stop(SourceFailed("enough"))
    with pytest.raises(SourceFailed, match="enough"):
        await sending
    assert not lane.is_open


async def test_stopping_lets_a_waiting_giver_go(lane: Lane) -> None:
    for _ in range(4):
        await lane.give(PIECE)
    giving = asyncio.create_task(lane.give(PIECE))
    await asyncio.sleep(0.01)
    lane.stop(SourceFailed("enough"))
    await asyncio.wait_for(giving, PATIENCE_SECONDS)


async def test_stopping_what_has_ended_changes_nothing(lane: Lane) -> None:
    await lane.send(asyncio.sleep(0))
    lane.stop(SourceFailed("too late"))
    assert lane.reason is None


async def test_cancelling_is_not_stopping(lane: Lane) -> None:
    sending = asyncio.create_task(lane.send(read(lane, 1, [])))
    await asyncio.sleep(0.01)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending


async def test_an_upload_that_fails_by_itself(lane: Lane) -> None:
    async def fail() -> None:
        raise ValueError("by itself")

    with pytest.raises(ValueError, match="by itself"):
        await lane.send(fail())
    assert lane.is_done


class Reading:
    """A source that is right, read to its end."""

    async def pieces(self) -> AsyncIterator[bytes]:
        yield PIECE

    async def check(self, reading: Fingerprint) -> Proven:
        assert reading.size == len(PIECE)
        return PROVEN


async def test_a_lane_knows_the_proof_with_its_last_bytes(lane: Lane) -> None:
    slow = Lane(lane.claim, lane.store)
    for _ in range(4):
        await slow.give(PIECE)
    known: list[Proven | None] = []

    async def take_it() -> None:
        await read(lane, len(PIECE), [])
        known.append(lane.proven)

    sending = asyncio.create_task(lane.send(take_it()))
    reading = asyncio.create_task(
        read_into(None, None, Reading(), Fingerprint(Hashing(2 * len(PIECE))), [lane, slow])  # type: ignore[arg-type]
    )
    await sending
    assert known == [PROVEN]
    slow.stop(SourceFailed("enough"))
    await reading
