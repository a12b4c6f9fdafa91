"""Servers that cannot be used are left out, and the others go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.vault import Vault, new_key
from tests.world.places import BOSTON, JOBURG

if TYPE_CHECKING:
    from tests.storage.conftest import Storage
    from tests.storage.parts import Parts

LOCK = "UPDATE storage.servers SET secret_key_encrypted = $1 WHERE name = 'cape-town'"


async def test_a_locked_server_is_down_and_the_others_go_on(
    storage: Storage, parts: Parts, owner_pool: Any
) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", b"abc")
    left = await storage.person(JOBURG).upload("c", b"abc", complete=False)
    await owner_pool.execute("UPDATE storage.replicas SET state = 'READY'")
    await owner_pool.execute(LOCK, Vault([new_key()]).encrypt("x"))
    await storage.until("cape-town", state="offline")
    servers = (await person.call("GET", "/servers"))["items"]
    states = {server["name"]: server["state"] for server in servers}
    assert states.pop("cape-town") == "offline"
    assert set(states.values()) <= {"online", "slow"}
    await parts.fleet.refresh()
    await person.call("GET", f"/files/{file['id']}/download")
    body = {"name": "b", "size": 1}
    started = await storage.person(JOBURG).call("POST", "/uploads", 201, json=body)
    assert started["server"]["name"] != "cape-town"
    upload = await parts.upload_of(left)
    owner = storage.person(JOBURG)
    owner.id = upload.owner_id
    problem = await owner.call("POST", f"/uploads/{left['id']}/complete", 503)
    assert problem["code"] == "STORE_UNAVAILABLE"
