"""Policies over REST: the nearest counts for uploads and downloads, and a trial says what moves."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from services.storage.policies.policies import prune_policies
from shared.db import connect
from tests.storage.conftest import EVERYTHING, Person, Storage, make_token
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from shared.db import Pool

RIGHTS = f"{EVERYTHING} policy.view policy.change files.share links.view links.create"
ALL: dict[str, Any] = {
    "copies": "all",
    "one_per_zone": False,
    "zones": {"require": [], "forbid": []},
    "near_owner": False,
}
COPY_EVERYWHERE = """
INSERT INTO storage.replicas (owner_id, version_id, server_id, state, verified_at)
SELECT versions.owner_id, versions.id, servers.id, 'READY', now()
FROM storage.versions CROSS JOIN storage.servers
ON CONFLICT (owner_id, version_id, server_id) DO UPDATE SET state = 'READY', verified_at = now()
"""
SHA_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
COUNT_MOVES = "SELECT count(*) FROM storage.placement_changes"


@pytest.fixture
def person(storage: Storage) -> Person:
    person = storage.person()
    person.token = make_token(person.id, person.session_id, scope=RIGHTS)
    return person


@pytest.fixture
async def catalog(storage: Storage) -> Any:
    pool = await connect(storage.database.owner)
    yield pool
    await pool.close()


def policy(**changes: Any) -> dict[str, Any]:
    zones = {"require": changes.pop("require", []), "forbid": changes.pop("forbid", [])}
    return {**ALL, "zones": zones, **changes}


def zone(storage: Storage, name: str) -> str:
    return storage.servers[name].zone


async def start(person: Person, status: int = 201, **more: Any) -> dict[str, Any]:
    wanted = {"name": f"{uuid.uuid4()}.txt", "size": 3, **more}
    return await person.call("POST", "/uploads", status, json=wanted)


async def test_at_first_every_server_has_everything(person: Person) -> None:
    found = await person.call("GET", "/policy")
    assert found == {**ALL, "set_for": "all", "set_for_id": None}


async def test_the_nearest_policy_is_shown_set_and_taken_back(person: Person) -> None:
    outer = await person.call("POST", "/folders", 201, json={"name": "outer"})
    inner = await person.call("POST", "/folders", 201, json={"path": "/outer/inner"})
    file = await person.upload("a.txt", b"abc", folder_id=inner["id"])
    of_outer, of_file = f"/folders/{outer['id']}/policy", f"/files/{file['id']}/policy"
    two = policy(copies=2)
    assert await person.call("PUT", of_outer, json=two) == {
        **two,
        "set_for": "folder",
        "set_for_id": outer["id"],
    }
    assert (await person.call("GET", of_file))["set_for_id"] == outer["id"]
    assert (await person.call("GET", f"/folders/{inner['id']}/policy"))["copies"] == 2
    await person.call("PUT", of_file, json=policy(copies=1))
    assert (await person.call("GET", of_file))["set_for"] == "file"
    await person.call("DELETE", of_file, 204)
    await person.call("DELETE", of_file, 204)
    await person.call("DELETE", of_outer, 204)
    assert (await person.call("GET", of_file))["set_for"] == "all"
    lines = (await person.call("GET", "/actions?event=POLICY.CHANGE"))["items"]
    said = [(line["object_id"], line["data"]["policy"] is None) for line in lines]
    assert said == [
        (outer["id"], True),
        (file["id"], True),
        (file["id"], False),
        (outer["id"], False),
    ]
    assert lines[0]["data"]["before"] == two


async def test_only_who_may_sees_and_sets_policies(storage: Storage, person: Person) -> None:
    folder = await person.call("POST", "/folders", 201, json={"name": "mine"})
    member, other = storage.person(), storage.person()
    other.token = make_token(other.id, other.session_id, scope=RIGHTS)
    for method, path in (("GET", "/policy"), ("GET", f"/folders/{folder['id']}/policy")):
        await member.call(method, path, 403)
    await member.call("PUT", "/policy", 403, json=ALL)
    await member.call("POST", "/policies/simulate", 403, json={"policy": ALL})
    await other.call("PUT", f"/folders/{folder['id']}/policy", 404, json=ALL)
    await other.call("GET", f"/folders/{folder['id']}/policy", 404)
    trial = {"policy": ALL, "folder_id": folder["id"]}
    await other.call("POST", "/policies/simulate", 404, json=trial)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (policy(copies=0), "copies"),
        (policy(copies="some"), "copies"),
        (policy(copies=1.5), "copies"),
        (policy(copies=1001), "copies"),
        (policy(copies=1, require=["africa", "america"]), "copies"),
        (policy(require=["africa"], forbid=["africa"]), "zones"),
        (policy(require=["atlantis"]), "zones.require"),
        (policy(forbid=[1]), "zones.forbid.0"),
        (policy(one_per_zone="perhaps"), "one_per_zone"),
        (policy(colour="red"), "colour"),
    ],
)
async def test_what_no_server_can_do_is_refused(
    person: Person, wrong: dict[str, Any], field: str
) -> None:
    refused = await person.call("PUT", "/policy", 422, json=wrong)
    assert field in refused["errors"]
    assert (await person.call("GET", "/policy"))["copies"] == "all"


async def test_an_upload_goes_where_the_nearest_policy_lets_it(
    storage: Storage, person: Person
) -> None:
    """New York is the nearest; a name, a folder and all of it may be forbidden there."""
    person.fake_ip = BOSTON
    assert (await start(person))["server"]["name"] == "new-york"
    here = zone(storage, "new-york")
    folder = await person.call("POST", "/folders", 201, json={"path": "/a/b"})
    await person.call(
        "PUT",
        f"/folders/{folder['parent_id']}/policy",
        json=policy(forbid=[here]),
    )
    below = await start(person, folder_id=folder["id"])
    assert below["server"]["name"] != "new-york"
    assert (await start(person, folder="/a/b"))["server"]["name"] != "new-york"
    assert (await start(person))["server"]["name"] == "new-york"
    file = await person.upload("strict.txt", b"abc")
    await person.call("PUT", f"/files/{file['id']}/policy", json=policy(forbid=[here]))
    assert (await start(person, name="strict.txt"))["server"]["name"] != "new-york"
    cape = zone(storage, "cape-town")
    await person.call("PUT", "/policy", json=policy(copies=1, require=[cape]))
    assert (await start(person))["server"]["name"] == "cape-town"


async def test_an_upload_is_refused_when_a_required_zone_is_gone(
    storage: Storage, person: Person, catalog: Pool
) -> None:
    cape = zone(storage, "cape-town")
    folder = await person.call("POST", "/folders", 201, json={"name": "must"})
    await person.call("PUT", f"/folders/{folder['id']}/policy", json=policy(require=[cape]))
    await start(person, folder_id=folder["id"])
    await catalog.execute("UPDATE storage.servers SET is_on = false WHERE name = 'cape-town'")
    await storage.until("cape-town", state="off")
    refused = await start(person, 503, folder_id=folder["id"])
    assert (refused["code"], refused["missing_zones"]) == ("NO_SERVER", [cape])
    assert refused["retry_after_seconds"] > 0
    await start(person)
    everything = [zone(storage, name) for name in storage.servers]
    await person.call("PUT", "/policy", json=policy(forbid=everything))
    assert (await start(person, 503))["code"] == "NO_SERVER"


async def test_nothing_is_signed_in_a_forbidden_zone_though_a_copy_is_there(
    storage: Storage, person: Person, catalog: Pool
) -> None:
    person.fake_ip = BOSTON
    folder = await person.call("POST", "/folders", 201, json={"name": "f"})
    file = await person.upload("a.txt", b"abc", folder_id=folder["id"], sha256=SHA_OF_ABC)
    link = await person.call("POST", f"/files/{file['id']}/links", 201, json={})
    of_folder = await person.call("POST", f"/folders/{folder['id']}/links", 201, json={})
    await catalog.execute(COPY_EVERYWHERE)
    found = await person.call("GET", f"/files/{file['id']}/download")
    assert found["server"]["name"] == "new-york"
    host = storage.servers["new-york"].public_endpoint
    here = zone(storage, "new-york")
    await person.call("PUT", f"/folders/{folder['id']}/policy", json=policy(forbid=[here]))
    token, of_files = (made["url"].rpartition("/")[2] for made in (link, of_folder))
    opened = await person.call("POST", f"/s/{of_files}/open", json={})
    answers = [
        await person.call("GET", f"/files/{file['id']}/download?alternates=5"),
        await person.call("GET", f"/files/{file['id']}/manifest?sources=5"),
        await person.call("GET", f"/route?file_id={file['id']}"),
        await person.call("POST", f"/s/{token}/open", json={}),
        await person.call(
            "POST",
            f"/s/{of_files}/files/{file['id']}/open",
            headers={"X-Link-Pass": opened["pass"]},
            json={},
        ),
    ]
    for answer in answers:
        assert "new-york" not in str(answer)
        assert host not in str(answer)
        assert "vladivostok" in str(answer)
    everything = [zone(storage, name) for name in storage.servers]
    await person.call("PUT", f"/files/{file['id']}/policy", json=policy(forbid=everything))
    refused = await person.call("GET", f"/files/{file['id']}/download", 503)
    assert refused["code"] == "NO_HEALTHY_REPLICA"


async def test_a_trial_counts_what_would_move_and_moves_nothing(
    storage: Storage, person: Person, catalog: Pool
) -> None:
    person.fake_ip = BOSTON
    folder = await person.call("POST", "/folders", 201, json={"path": "/a/b"})
    top = await person.upload("top.txt", b"abc")
    file = await person.upload("a.txt", b"abcd", folder_id=folder["id"])
    await person.upload("a.txt", b"abcde", folder_id=folder["id"])
    await catalog.execute(COPY_EVERYWHERE)

    async def trial(wanted: dict[str, Any], **target: Any) -> dict[str, Any]:
        body = {"policy": wanted, **target}
        return await person.call("POST", "/policies/simulate", json=body)

    assert await trial(ALL) == {"files": 0, "bytes": 0, "moves": []}
    here = zone(storage, "new-york")
    found = await trial(policy(forbid=[here]))
    drops = {"adds_files": 0, "adds_bytes": 0, "drops_files": 2, "drops_bytes": 12}
    assert found == {"files": 2, "bytes": 12, "moves": [{"server": "new-york", **drops}]}
    two = await trial(policy(copies=2))
    assert (two["files"], two["bytes"]) == (2, 12)
    assert sum(move["drops_bytes"] for move in two["moves"]) == 12
    assert (await trial(policy(copies=1), folder_id=folder["parent_id"]))["bytes"] == 9
    assert (await trial(policy(copies=1), file_id=top["id"]))["bytes"] == 3
    # What has a policy of its own does not follow the others.
    await person.call("PUT", f"/files/{file['id']}/policy", json=policy(copies=3))
    assert (await trial(policy(copies=1)))["bytes"] == 3
    assert (await trial(policy(copies=1), folder_id=folder["parent_id"]))["bytes"] == 0
    await catalog.execute(
        "DELETE FROM storage.replicas WHERE server_id = $1", storage.servers["vladivostok"].id
    )
    (move,) = (await trial(ALL))["moves"]
    assert (move["server"], move["adds_files"], move["adds_bytes"]) == ("vladivostok", 1, 3)
    await person.call(
        "POST",
        "/policies/simulate",
        422,
        json={"policy": ALL, "file_id": top["id"], "folder_id": folder["id"]},
    )


async def test_a_file_says_how_many_copies_its_policy_wants(person: Person, catalog: Pool) -> None:
    await person.call("PUT", "/policy", json=policy(copies=2))
    file = await person.upload("a.txt", b"abc")
    assert file["replicas"]["wanted"] == 2
    assert (await person.call("GET", f"/files/{file['id']}"))["replicas"]["ready"] == 1
    await person.call("PUT", "/policy", json=ALL)
    assert (await person.upload("b.txt", b"abc"))["replicas"]["wanted"] == 3


async def test_a_move_is_noted_where_policies_are(person: Person, catalog: Pool) -> None:
    await person.call("POST", "/folders", 201, json={"name": "f"})
    file = await person.upload("a.txt", b"abc")
    await person.call("PATCH", f"/files/{file['id']}", json={"folder": "/f"})
    assert await catalog.fetchval(COUNT_MOVES) == 0
    await person.call("PUT", f"/files/{file['id']}/policy", json=policy(copies=1))
    await person.call("PATCH", f"/files/{file['id']}", json={"folder": "/"})
    await person.call("PATCH", f"/files/{file['id']}", json={"name": "b.txt"})
    assert await catalog.fetchval(COUNT_MOVES) == 2


async def test_policies_of_what_was_erased_are_dropped(person: Person, catalog: Pool) -> None:
    kept, gone = await person.upload("a", b"abc"), await person.upload("b", b"abc")
    folder = await person.call("POST", "/folders", 201, json={"name": "x"})
    paths = [f"/files/{kept['id']}", f"/files/{gone['id']}", f"/folders/{folder['id']}"]
    for path in paths:
        await person.call("PUT", f"{path}/policy", json=policy(copies=2))
    await person.call("DELETE", paths[1], 204)
    await prune_policies(catalog)
    left = {str(row["target_id"]) for row in await catalog.fetch("SELECT * FROM storage.policies")}
    assert left == {kept["id"], folder["id"], str(uuid.UUID(int=0))}
    assert (await person.call("GET", f"{paths[0]}/policy"))["copies"] == 2
