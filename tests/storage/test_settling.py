"""An upload becomes a stored version although servers, databases and holders of its lease fail."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from services.storage.relay.sweep_uploads import Sweep
from services.storage.uploads import lease as settling
from services.storage.uploads import settle as stored
from shared.catalog.versions import mark_stored
from shared.errors import MeridianError
from shared.stores.errors import StoreUnavailable
from shared.stores.store import Store
from tests.world.calm import PATIENCE_SECONDS
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.storage.conftest import Storage
    from tests.storage.parts import Parts

HELD_UNTIL = "SELECT settle_until FROM storage.versions"
RUN_OUT = "UPDATE storage.versions SET settle_until = now()"
DEAD = """
UPDATE storage.versions
SET next_check_at = now(), upload_expires_at = now() - interval '1 day'
"""
CONTENT = b"abc"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


async def away(*_: Any) -> None:
    raise ConnectionError("database away")


async def test_an_abandoned_copy_that_could_not_be_erased_is_not_forgotten(
    storage: Storage, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A holder copied and died; the next could not erase its copy; the third does."""
    started = await storage.person(BOSTON).upload("a", CONTENT, complete=False)
    with monkeypatch.context() as patch:
        patch.setattr(stored, "mark_stored", away)
        patch.setattr(settling, "release_settling", away)
        with pytest.raises(ConnectionError):
            await parts.store(started)
    await parts.pool.execute(RUN_OUT)

    async def fails(*_: Any) -> None:
        raise StoreUnavailable("DELETE: 503 SlowDown")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "delete", fails)
        with pytest.raises(StoreUnavailable):
            await parts.store(started)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await parts.store(started)
    await parts.pool.execute(DEAD)
    sweep = Sweep(parts.pool, parts.fleet, parts.doorbell, 0.2)
    assert await sweep.sweep() == 1
    await sweep.finish()
    assert await storage.keys("new-york") == [(await parts.upload_of(started)).key]


async def test_a_cancelled_settler_stays_cancelled_when_the_database_is_away(
    storage: Storage, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = await storage.person(BOSTON).upload("a", CONTENT, complete=False)
    copying = asyncio.Event()

    async def hang(*_: Any) -> None:
        copying.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Store, "copy", hang)
    monkeypatch.setattr(settling, "release_settling", away)
    task = asyncio.create_task(parts.store(started))
    await copying.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_work_longer_than_its_lease_ends(
    storage: Storage, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two finders of one upload whose copy takes as long as the lease is renewed."""
    # Long enough for any machine, and renewed several times a second.
    monkeypatch.setattr(settling, "RENEWALS_PER_LEASE", 10 * stored.LEASE_SECONDS)
    whole, copies = Store.copy, []

    async def slow(store: Store, source: str, key: str) -> None:
        copies.append(key)
        for _ in range(3):
            held_until = await parts.pool.fetchval(HELD_UNTIL)
            while await parts.pool.fetchval(HELD_UNTIL) == held_until:
                await asyncio.sleep(0.01)
        await whole(store, source, key)

    monkeypatch.setattr(Store, "copy", slow)
    started = await storage.person(BOSTON).upload("a", CONTENT, complete=False)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(parts.store(started), parts.store(started))
    assert (await parts.upload_of(started)).state == "STORED"
    assert await storage.keys("new-york") == copies


async def test_a_lease_that_was_taken_ends_the_work(
    storage: Storage, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first holder hangs and loses its lease: it ends, and the version is the second's."""
    whole, keys, long = Store.copy, [], stored.LEASE_SECONDS
    monkeypatch.setattr(stored, "LEASE_SECONDS", 1)

    async def hang_once(store: Store, source: str, key: str) -> None:
        keys.append(key)
        if len(keys) == 1:
            # The second is to keep what it has, however busy the machine is.
            monkeypatch.setattr(stored, "LEASE_SECONDS", long)
            await parts.pool.execute(RUN_OUT)
            await asyncio.Event().wait()
        await whole(store, source, key)

    monkeypatch.setattr(Store, "copy", hang_once)
    started = await storage.person(BOSTON).upload("a", CONTENT, complete=False)
    async with asyncio.timeout(30):
        await parts.store(started)
    assert (await parts.upload_of(started)).key == keys[1]
    assert await storage.keys("new-york") == keys[1:]


async def test_a_holder_whose_lease_ran_out_stores_nothing(
    storage: Storage, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever came meanwhile may have asked the server to erase its object."""
    keys: list[str] = []

    async def late(pool: Any, upload: Any, *checked: Any) -> bool:
        keys.append(upload.key)
        if len(keys) == 1:
            await parts.pool.execute(RUN_OUT)
        return await mark_stored(pool, upload, *checked)

    monkeypatch.setattr(stored, "mark_stored", late)
    started = await storage.person(BOSTON).upload("a", CONTENT, complete=False)
    await parts.store(started)
    assert (await parts.upload_of(started)).key == keys[1]
    assert await storage.keys("new-york") == keys[1:]


@pytest.mark.parametrize("wrong_reads", [1, 2])
async def test_bytes_are_read_twice_before_they_are_called_wrong(
    storage: Storage, parts: Parts, monkeypatch: pytest.MonkeyPatch, wrong_reads: int
) -> None:
    whole, reads = Store.open, []

    @asynccontextmanager
    async def garbled(store: Store, key: str) -> AsyncIterator[Any]:
        async with whole(store, key) as content:
            reads.append(key)
            yield pieces(b"abd") if len(reads) <= wrong_reads else content

    async def pieces(content: bytes) -> AsyncIterator[bytes]:
        yield content

    monkeypatch.setattr(Store, "open", garbled)
    started = await storage.person(BOSTON).upload("a", CONTENT, complete=False, sha256=SHA256)
    if wrong_reads == 1:
        await parts.store(started)
        assert (await parts.upload_of(started)).state == "STORED"
    else:
        with pytest.raises(MeridianError, match="CHECKSUM_MISMATCH"):
            await parts.store(started)
        assert await storage.keys("new-york") == []
