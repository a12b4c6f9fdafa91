"""What is known of the bytes of a file, and what is only believed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from services.local.process.child import start_child
from services.local.process.guard import start_guard
from services.local.process.ports import keep_ports
from services.local.run.home import open_home
from services.local.servers.node import Node
from services.storage.servers.fleet import open_store
from shared.errors import STORE_UNAVAILABLE, MeridianError
from shared.stores.store import Store
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.storage.conftest import Storage
    from tests.storage.parts import Parts

CONTENT = b"abc"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MD5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
ALL_READY = """
UPDATE storage.replicas SET state = 'READY', verified_at = now(), next_attempt_at = NULL
"""
HASH_KNOWN = "UPDATE storage.versions SET sha256 = $1, proof = $2"
MOVE = "UPDATE storage.servers SET endpoint = $1 WHERE name = 'new-york'"
NO_MD5 = "UPDATE storage.servers SET capabilities = capabilities || '{\"etag_is_md5\": false}'"


@pytest.fixture
async def hashing(
    storage: Storage, parts: Parts, owner_pool: Any, tmp_path: Path
) -> AsyncIterator[Parts]:
    """New York on a node whose ETags are MD5s."""
    home = open_home(tmp_path / "hashing")
    port = keep_ports(home, ("hashing",))["hashing"]
    node = Node("hashing", home.subfolder("hashing"), port, "access", "very-secret")
    command = node.command()
    argv = tuple("MD5" if part == "none" else part for part in command.argv)
    with start_guard() as guard:
        child = await start_child(replace(command, argv=argv), guard, home.logs)
        await child.until_ready()
        await owner_pool.execute(MOVE, node.endpoint)
        await parts.fleet.refresh()
        yield parts
        await child.stop(2)


async def test_the_etag_of_the_upload_is_kept(storage: Storage, hashing: Parts) -> None:
    started = await start_at(storage, hashing)
    await hashing.store(started)
    assert (await hashing.upload_of(started)).etag == MD5


async def test_an_etag_that_is_no_md5_is_no_evidence(
    storage: Storage, hashing: Parts, owner_pool: Any
) -> None:
    started = await start_at(storage, hashing)
    await owner_pool.execute(NO_MD5)
    await hashing.fleet.refresh()
    await hashing.store(started)
    version = await hashing.upload_of(started)
    assert (version.state, version.etag) == ("STORED", None)


async def start_at(storage: Storage, parts: Parts) -> Any:
    """Put an upload where the row says that New York is now."""
    started = await storage.person(BOSTON).upload("a", CONTENT, complete=False)
    upload = await parts.upload_of(started)
    assert upload.upload_key is not None
    store = open_store(parts.fleet, upload.upload_server_id)
    await store.put(upload.upload_key, CONTENT, len(CONTENT))
    return started


@pytest.mark.parametrize("sha256", [None, SHA256])
async def test_an_upload_is_verified_only_by_a_hash(storage: Storage, sha256: str | None) -> None:
    person = storage.person(BOSTON)
    more: dict[str, Any] = {"sha256": sha256} if sha256 else {}
    file = await person.upload("a", CONTENT, **more)
    assert file["proof"] == ("sha256" if sha256 else None)
    copies = (await person.call("GET", f"/files/{file['id']}/replicas"))["items"]
    verified = {copy["server"]["name"] for copy in copies if copy["verified_at"]}
    assert verified == ({"new-york"} if sha256 else set())
    # It can be downloaded all the same.
    assert file["replicas"]["ready"] == 1
    await person.call("GET", f"/files/{file['id']}/download")


@pytest.mark.parametrize(
    ("proof", "durable"), [("sha256", True), ("etag", True), ("reading", False)]
)
async def test_durable_goes_back_to_what_the_client_sent(
    storage: Storage, owner_pool: Any, proof: str, durable: bool
) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", CONTENT)
    assert not file["durable"]
    await owner_pool.execute(ALL_READY)
    await owner_pool.execute(HASH_KNOWN, bytes.fromhex(SHA256), proof)
    assert (await person.call("GET", f"/files/{file['id']}"))["durable"] is durable


async def test_ready_copies_that_nobody_verified_are_not_durable(
    storage: Storage, owner_pool: Any
) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", CONTENT, sha256=SHA256)
    await owner_pool.execute("UPDATE storage.replicas SET state = 'READY'")
    assert (await person.call("GET", f"/files/{file['id']}"))["replicas"]["ready"] == 3
    assert not (await person.call("GET", f"/files/{file['id']}"))["durable"]


async def test_a_server_s_own_copy_that_differs_is_not_stored(
    storage: Storage, hashing: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = await start_at(storage, hashing)

    async def rot(store: Store, source: str, key: str) -> None:
        await store.put(key, b"abd", len(CONTENT))

    with monkeypatch.context() as patch:
        patch.setattr(Store, "copy", rot)
        with pytest.raises(MeridianError) as refused:
            await hashing.store(started)
        assert refused.value.problem is STORE_UNAVAILABLE
    assert (await hashing.upload_of(started)).state == "PENDING"
    await hashing.store(started)
    assert (await hashing.upload_of(started)).etag == MD5
