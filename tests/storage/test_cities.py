"""Cities come and go: tried, added, changed, drained and removed while the service runs."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from services.storage.cities.drain_reports import look_at_drains, sign_report
from services.storage.cities.probe import Probed, Prober
from services.storage.servers.fleet import REFRESH_SECONDS, Fleet
from shared.catalog.jobs import PLACEMENT_JOB, add_jobs, finish_job, take_due_jobs
from shared.catalog.servers import Server, hash_hook_secret
from shared.db import connect
from tests.storage.newcomers import (
    COPY_EVERYWHERE,
    bucket,
    described,
    frankfurt,
    holder,
    operator,
)
from tests.storage.processes import other

if TYPE_CHECKING:
    from services.local.servers.node import Node
    from shared.db import Pool
    from tests.storage.conftest import Person, Storage

MOVE = "UPDATE storage.servers SET bucket = 'elsewhere' WHERE name = 'frankfurt'"
OTHER_SECRET = "rotated-in-the-meantime-60311"
__all__ = ["bucket", "frankfurt", "operator", "other"]


async def test_a_probe_says_what_a_server_can_do_and_keeps_nothing(
    operator: Person, frankfurt: Node, bucket: str
) -> None:
    found = await operator.call("POST", "/servers/probe", json=described(frankfurt, bucket))
    assert found["capabilities"]["presigned"] is True
    assert found["clock_skew_seconds"] == 0
    assert found["bytes_per_second"] > 0
    assert found["first_byte_ms"] > 0
    names = [server["name"] for server in (await operator.call("GET", "/servers"))["items"]]
    assert "frankfurt" not in names


async def test_nobody_thinks_that_a_city_has_everything_before_it_was_counted(
    operator: Person, frankfurt: Node, bucket: str, owner_pool: Pool
) -> None:
    async def counting() -> set[bool]:
        found = await operator.call("GET", "/admin/replication")
        return {city["is_counting"] for city in found["items"]}

    async def count() -> None:
        assert await counting() == {True}
        (turn,) = await take_due_jobs(owner_pool, [PLACEMENT_JOB], "replicator", 0)
        assert await counting() == {True}
        await finish_job(owner_pool, turn, None)
        assert await counting() == {False}

    await add_jobs(owner_pool, [(PLACEMENT_JOB, 60, 30, 60)])
    assert await counting() == {False}
    added = await operator.call("POST", "/servers", 201, json=described(frankfurt, bucket))
    await count()
    path = f"/servers/{added['id']}"
    await operator.call("PATCH", path, json={"city": "Offenbach"})
    assert await counting() == {False}
    await operator.call("PATCH", path, json={"is_active": False})
    await count()
    await operator.call("PATCH", path, json={"is_active": True})
    await count()
    await operator.call("POST", f"{path}/drain")
    await count()
    await operator.call("DELETE", f"{path}/drain", 204)
    await count()
    await operator.call("DELETE", path)
    await count()


async def test_the_secret_of_a_new_city_is_told_also_when_its_row_cannot_be_read_again(
    operator: Person, frankfurt: Node, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_fleet: Fleet) -> None:
        raise ConnectionError

    monkeypatch.setattr(Fleet, "refresh", fail)
    added = await operator.call("POST", "/servers", 201, json=described(frankfurt, bucket))
    assert added["hook_secret"]


async def test_every_process_knows_an_added_server_without_a_restart(
    operator: Person, other: Storage, frankfurt: Node, bucket: str
) -> None:
    added = await operator.call("POST", "/servers", 201, json=described(frankfurt, bucket))
    assert added["state"] == "online"
    assert len(added["hook_secret"]) >= 32
    assert "secret_key" not in added
    assert len((await operator.call("GET", "/servers"))["items"]) == 4
    began = time.monotonic()
    for person in (operator, other.person()):
        async with asyncio.timeout(10):
            while len((await person.call("GET", "/servers"))["items"]) < 4:
                await asyncio.sleep(0.05)
    # Each looks so often, which leaves time enough for two seconds.
    assert REFRESH_SECONDS <= 0.5
    sys.stdout.write(f"known after {time.monotonic() - began:.2f} s")
    again = await operator.call("POST", "/servers", 409, json=described(frankfurt, f"{bucket}-2"))
    assert again["code"] == "SERVER_EXISTS"
    events = [line["event"] for line in (await operator.call("GET", "/actions"))["items"]]
    assert events == ["SERVER.CREATE"]
    await operator.call("DELETE", f"/servers/{added['id']}", 200)


async def test_a_bucket_belongs_to_one_server(
    operator: Person, frankfurt: Node, bucket: str
) -> None:
    added = await operator.call("POST", "/servers", 201, json=described(frankfurt, bucket))
    other = described(frankfurt, bucket, name="berlin")
    for path in ("/servers/probe", "/servers"):
        refused = await operator.call("POST", path, 409, json=other)
        assert (refused["code"], refused["server"]) == ("BUCKET_TAKEN", "frankfurt")
    await operator.call("DELETE", f"/servers/{added['id']}", 200)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"endpoint": "http://127.0.0.1:9"}, "no_answer"),
        ({"endpoint": "http://nowhere.invalid:9000"}, "no_such_name"),
        ({"secret_key": "another-strong-key-12345"}, "keys"),
    ],
)
async def test_a_server_that_cannot_be_used_is_refused_in_words(
    operator: Person, frankfurt: Node, bucket: str, changes: dict[str, str], reason: str
) -> None:
    body = described(frankfurt, bucket, **changes)
    refused = await operator.call("POST", "/servers", 422, json=body)
    assert (refused["code"], refused["reason"]) == ("SERVER_UNREACHABLE", reason)
    assert body["secret_key"] not in str(refused)


async def test_our_own_database_is_no_s3_server(
    operator: Person, frankfurt: Node, bucket: str, storage: Storage
) -> None:
    at = storage.shared.database_url.rpartition("@")[2].partition("/")[0]
    body = described(frankfurt, bucket, endpoint=f"http://{at}")
    refused = await operator.call("POST", "/servers/probe", 422, json=body)
    assert refused["code"] == "ENDPOINT_FORBIDDEN"


async def test_a_change_is_tried_first(operator: Person, frankfurt: Node, bucket: str) -> None:
    added = await operator.call("POST", "/servers", 201, json=described(frankfurt, bucket))
    path = f"/servers/{added['id']}"
    changed = await operator.call("PATCH", path, json={"city": "Mainz", "is_active": False})
    assert (changed["city"], changed["state"]) == ("Mainz", "inactive")
    wrong = {"secret_key": "another-strong-key-12345"}
    refused = await operator.call("PATCH", path, 422, json=wrong)
    assert refused["reason"] == "keys"
    assert (await operator.call("GET", path))["city"] == "Mainz"
    await operator.call("PATCH", path, json={"is_on": False})
    assert (await operator.call("GET", path))["state"] == "off"
    await operator.call("DELETE", path, 200)
    await operator.call("GET", path, 404)
    await operator.call("PATCH", path, 404, json={"city": "Bonn"})


async def test_a_server_is_changed_only_as_it_was_read(
    operator: Person, storage: Storage, owner_pool: Any, monkeypatch: Any
) -> None:
    path = f"/servers/{storage.servers['new-york'].id}"
    read = await operator.tag_of("GET", path)
    # How it is doing is none of what is changed.
    await owner_pool.execute("UPDATE storage.servers SET health_since = now()")
    assert (await operator.change_if(path, read, 200, city="Albany"))["city"] == "Albany"
    refused = await operator.change_if(path, read, 412, city="Utica")
    assert refused["code"] == "PRECONDITION_FAILED"
    new = await operator.tag_of("PATCH", path, json={"city": "Troy"})
    assert new == await operator.tag_of("GET", path) != read
    try_out = Prober.try_out

    async def take_long(prober: Prober, server: Server) -> Probed:
        await operator.call("PATCH", path, json={"city": "Rome"})
        return await try_out(prober, server)

    monkeypatch.setattr(Prober, "try_out", take_long)
    await operator.change_if(path, new, 412, region=storage.servers["new-york"].region)
    assert (await operator.call("GET", path))["city"] == "Rome"


async def test_a_change_that_is_tried_out_undoes_no_other(
    operator: Person, frankfurt: Node, bucket: str, owner_pool: Any, monkeypatch: Any
) -> None:
    added = await operator.call("POST", "/servers", 201, json=described(frankfurt, bucket))
    path = f"/servers/{added['id']}"
    try_out, meanwhile = Prober.try_out, {"is_on": False, "hook_secret": OTHER_SECRET}

    async def take_long(prober: Prober, server: Server) -> Probed:
        if meanwhile:
            await operator.call("PATCH", path, json=meanwhile)
        else:
            await owner_pool.execute(MOVE)
        return await try_out(prober, server)

    monkeypatch.setattr(Prober, "try_out", take_long)
    known = "SELECT hook_secret_hash FROM storage.servers WHERE name = 'frankfurt'"
    body = {"region": "us-east-1", "city": "Mainz"}
    changed = await operator.call("PATCH", path, json=body)
    assert (changed["state"], changed["city"]) == ("off", "Mainz")
    assert await owner_pool.fetchval(known) == hash_hook_secret(OTHER_SECRET)
    # What was tried out is not where it will be.
    meanwhile.clear()
    refused = await operator.call("PATCH", path, 412, json={**body, "city": "Bonn"})
    assert refused["code"] == "PRECONDITION_FAILED"
    shown = await operator.call("GET", path)
    assert (shown["city"], shown["bucket"]) == ("Mainz", "elsewhere")


async def test_a_bucket_without_the_objects_is_not_taken(
    operator: Person, storage: Storage
) -> None:
    await operator.upload("a", b"abc")
    file = (await operator.call("GET", "/files"))["items"][0]
    name = holder(file)
    server = storage.servers[name]
    body = {"bucket": "somewhere-else"}
    refused = await operator.call("PATCH", f"/servers/{server.id}", 409, json=body)
    assert (refused["code"], refused["missing_objects"]) == ("OBJECTS_MISSING", 1)


async def test_switching_off_first_is_no_way_around_it(operator: Person, storage: Storage) -> None:
    """Else the server would come back without what it is said to hold."""
    file = await operator.upload("a", b"abc")
    path = f"/servers/{storage.servers[holder(file)].id}"
    await operator.call("PATCH", path, json={"is_on": False})
    body = {"bucket": "somewhere-else"}
    for change in (body, {**body, "is_on": False}, {**body, "is_on": True}):
        refused = await operator.call("PATCH", path, 409, json=change)
        assert (refused["code"], refused["missing_objects"]) == ("OBJECTS_MISSING", 1)
    assert (await operator.call("GET", path))["bucket"] != "somewhere-else"


async def test_the_bucket_of_a_removed_server_may_be_used_again(
    operator: Person, frankfurt: Node, bucket: str
) -> None:
    added = await operator.call("POST", "/servers", 201, json=described(frankfurt, bucket))
    await operator.call("DELETE", f"/servers/{added['id']}", 200)
    wanted = described(frankfurt, bucket, name="mainz")
    again = await operator.call("POST", "/servers", 201, json=wanted)
    refused = await operator.call("POST", "/servers", 409, json=described(frankfurt, bucket))
    assert (refused["code"], refused["server"]) == ("BUCKET_TAKEN", "mainz")
    await operator.call("DELETE", f"/servers/{again['id']}", 200)


async def test_a_sole_copy_is_not_removed_by_accident(operator: Person, storage: Storage) -> None:
    file = await operator.upload("a", b"abc")
    name = holder(file)
    path = f"/servers/{storage.servers[name].id}"
    refused = await operator.call("DELETE", path, 409)
    assert refused["code"] == "SOLE_COPIES"
    assert refused["counts"] == {"files": 1, "versions": 1, "bytes": 3}
    assert refused["examples"] == [file["id"]]
    await operator.call("DELETE", f"{path}?confirm_loss=2", 409)
    assert (await operator.call("GET", path))["state"] == "online"
    lost = await operator.call("DELETE", f"{path}?confirm_loss=1")
    assert lost == {"files": 1, "versions": 1, "bytes": 3}
    await operator.call("GET", path, 404)
    events = [line["event"] for line in (await operator.call("GET", "/actions"))["items"]]
    assert {"SERVER.DELETE", "VERSION.LOSE"} <= set(events)
    await operator.call("GET", f"/files/{file['id']}/download", 503)


async def test_a_drain_is_planned_run_and_stopped(operator: Person, storage: Storage) -> None:
    file = await operator.upload("a", b"abc")
    name = holder(file)
    path = f"/servers/{storage.servers[name].id}"
    plan = await operator.call("POST", f"{path}/drain?dry_run=1")
    assert (plan["state"], plan["files"], plan["bytes"]) == ("planned", 1, 3)
    assert (await operator.call("GET", path))["state"] == "online"
    await operator.call("GET", f"{path}/progress", 404)
    begun = await operator.call("POST", f"{path}/drain")
    assert (begun["state"], begun["files"], begun["files_total"]) == ("running", 1, 1)
    assert (await operator.call("GET", path))["state"] == "draining"
    await operator.call("DELETE", f"{path}/drain", 204)
    assert (await operator.call("GET", path))["state"] == "online"
    assert (await operator.call("GET", f"{path}/progress"))["state"] == "stopped"
    await operator.call("DELETE", f"{path}/drain", 404)


async def test_the_last_server_is_not_drained(operator: Person, storage: Storage) -> None:
    first, *others = storage.servers.values()
    for server in others:
        await operator.call("PATCH", f"/servers/{server.id}", json={"is_active": False})
    refused = await operator.call("POST", f"/servers/{first.id}/drain", 409)
    assert refused["code"] == "LAST_SERVER"


async def test_others_may_not(storage: Storage, frankfurt: Node, bucket: str) -> None:
    person = storage.person()
    server = next(iter(storage.servers.values()))
    await person.call("POST", "/servers/probe", 403, json=described(frankfurt, bucket))
    await person.call("POST", "/servers", 403, json=described(frankfurt, bucket))
    await person.call("PATCH", f"/servers/{server.id}", 403, json={"is_on": False})
    await person.call("DELETE", f"/servers/{server.id}", 403)
    await person.call("POST", f"/servers/{server.id}/drain", 403)
    await person.call("GET", f"/servers/{server.id}/progress", 403)


async def test_a_finished_drain_has_a_signed_report(operator: Person, storage: Storage) -> None:
    file = await operator.upload("a", b"abc")
    name = holder(file)
    server = storage.servers[name]
    path = f"/servers/{server.id}"
    await operator.call("POST", f"{path}/drain")
    pool = await connect(storage.database.owner)
    await look_at_drains(pool, "key")
    assert (await operator.call("GET", f"{path}/progress"))["state"] == "running"
    await pool.execute(COPY_EVERYWHERE)
    await look_at_drains(pool, "key")
    done = await operator.call("GET", f"{path}/progress")
    assert (done["state"], done["files"], done["eta_seconds"]) == ("done", 0, 0)
    report = done["report"]
    assert (report["server"], report["versions"], report["sole_copies"]) == (name, 1, 0)
    assert report["newest_verification"] is not None
    signature = report.pop("signature")
    assert sign_report(report, "key")["signature"] == signature
    assert sign_report({**report, "versions": 2}, "key")["signature"] != signature
    assert await operator.call("DELETE", path) == {"files": 0, "versions": 0, "bytes": 0}
    await pool.close()
