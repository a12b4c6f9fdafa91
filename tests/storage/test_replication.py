"""Figures of replication and dead letters, as administrators see and decide them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from tests.storage.conftest import EVERYTHING, Person, Storage, make_token
from tests.world.places import BOSTON, JOBURG

if TYPE_CHECKING:
    from shared.db import Pool

FAIL = """
WITH failed AS (
    UPDATE storage.replicas
    SET state = 'FAILED', failures = 8, last_error = $2, next_attempt_at = now() + interval '6 h'
    FROM storage.servers
    WHERE servers.id = replicas.server_id AND servers.name = $1 AND replicas.state = 'WANTED'
    RETURNING replicas.owner_id, replicas.version_id, replicas.server_id
)
INSERT INTO storage.dead_letters (owner_id, version_id, server_id, attempts, error)
SELECT owner_id, version_id, server_id, 8, $2 FROM failed
"""
ARRIVE = """
UPDATE storage.replicas
SET state = 'READY', verified_at = now(), next_attempt_at = NULL,
    updated_at = versions.stored_at + make_interval(secs => $2)
FROM storage.servers, storage.versions
WHERE servers.id = replicas.server_id AND servers.name = $1 AND replicas.state = 'WANTED'
    AND versions.id = replicas.version_id
"""
COUNT = """
SELECT count(*) AS backlog, COALESCE(sum(versions.size), 0)::bigint AS bytes
FROM storage.replicas JOIN storage.versions ON versions.id = replicas.version_id
JOIN storage.servers ON servers.id = replicas.server_id
WHERE servers.name = $1 AND replicas.state NOT IN ('READY', 'ERASING', 'GONE')
"""


@pytest.fixture
def operator(storage: Storage) -> Person:
    """Somebody who runs the servers."""
    person = storage.person(BOSTON)
    scope = f"{EVERYTHING} replication.view replication.change servers.view"
    person.token = make_token(person.id, person.session_id, scope=scope)
    return person


async def figures_of(operator: Person) -> dict[str, dict[str, Any]]:
    items = (await operator.call("GET", "/admin/replication"))["items"]
    return {item["server"]["name"]: item for item in items}


async def test_figures_are_those_of_the_rows(
    storage: Storage, operator: Person, owner_pool: Pool
) -> None:
    for number in range(4):
        await storage.person(BOSTON).upload(f"{number}", b"x" * (number + 1))
    await storage.person(JOBURG).upload("other", b"x" * 100)
    await owner_pool.execute(ARRIVE, "vladivostok", 2.0)
    await owner_pool.execute(FAIL, "new-york", "PUT: 400 EntityTooLarge")
    seen = await figures_of(operator)
    for name, figures in seen.items():
        counted = await owner_pool.fetchrow(COUNT, name)
        assert counted is not None
        assert (figures["backlog"], figures["bytes"]) == tuple(counted), name
    assert {name: figures["backlog"] for name, figures in seen.items()} == {
        "new-york": 1,
        "vladivostok": 0,
        "cape-town": 4,
    }
    assert seen["vladivostok"]["lag"] == {"p50": 2.0, "p95": 2.0, "oldest": None}
    assert seen["vladivostok"]["per_second"] == pytest.approx(5 / 60)
    assert seen["vladivostok"]["bytes_per_second"] == pytest.approx(110 / 60)
    assert seen["cape-town"]["lag"]["oldest"] > 0
    # Where it was uploaded it has not travelled.
    assert seen["new-york"]["lag"]["p50"] is None
    assert (seen["new-york"]["errors"], seen["new-york"]["dead_letters"]) == (1, 1)


async def test_a_back_fill_says_nothing_of_the_lag(
    storage: Storage, operator: Person, owner_pool: Pool
) -> None:
    await storage.person(BOSTON).upload("a", b"abc")
    await owner_pool.execute("UPDATE storage.replicas SET is_bulk = true")
    await owner_pool.execute(ARRIVE, "vladivostok", 5000.0)
    seen = await figures_of(operator)
    assert seen["vladivostok"]["lag"] == {"p50": None, "p95": None, "oldest": None}
    assert seen["cape-town"]["backlog"] == 1
    assert seen["cape-town"]["lag"]["oldest"] is None


async def test_a_dead_letter_is_seen_and_tried_again(
    storage: Storage, operator: Person, owner_pool: Pool
) -> None:
    file = await storage.person(BOSTON).upload("a", b"abc")
    await owner_pool.execute(FAIL, "cape-town", "PUT: 400 EntityTooLarge")
    (letter,) = (await operator.call("GET", "/admin/dead-letters"))["items"]
    assert letter["file_id"] == file["id"]
    assert letter["server"]["name"] == "cape-town"
    assert (letter["attempts"], letter["error"]) == (8, "PUT: 400 EntityTooLarge")
    await operator.call("POST", f"/admin/dead-letters/{letter['id']}/retry", 204)
    assert (await operator.call("GET", "/admin/dead-letters"))["items"] == []
    row = await owner_pool.fetchrow(
        "SELECT state, failures, next_attempt_at <= now() FROM storage.replicas"
        " WHERE server_id = $1",
        storage.servers["cape-town"].id,
    )
    assert tuple(row or ()) == ("WANTED", 0, True)
    await operator.call("POST", f"/admin/dead-letters/{letter['id']}/retry", 404)
    (action,) = (await operator.call("GET", "/actions"))["items"]
    assert (action["event"], action["server"]) == ("SERVER.CHANGE", "cape-town")


async def test_a_dropped_letter_is_listed_no_more_and_its_copy_stays_wanted(
    storage: Storage, operator: Person, owner_pool: Pool
) -> None:
    await storage.person(BOSTON).upload("a", b"abc")
    await owner_pool.execute(FAIL, "cape-town", "PUT: 400 EntityTooLarge")
    (letter,) = (await operator.call("GET", "/admin/dead-letters"))["items"]
    path = f"/admin/dead-letters/{letter['id']}"
    await operator.call("DELETE", f"{path}?reason=known%20limit", 204)
    assert (await operator.call("GET", "/admin/dead-letters"))["items"] == []
    seen = await figures_of(operator)
    assert (seen["cape-town"]["dead_letters"], seen["cape-town"]["backlog"]) == (0, 1)
    (action,) = (await operator.call("GET", "/actions"))["items"]
    assert action["data"]["reason"] == "known limit"
    await operator.call("DELETE", path, 404)
    await operator.call("DELETE", f"/admin/dead-letters/{uuid.uuid4()}", 404)


async def test_dead_letters_of_a_kind_are_tried_again_and_paged(
    storage: Storage, operator: Person, owner_pool: Pool
) -> None:
    person = storage.person(BOSTON)
    for number in range(3):
        await person.upload(f"{number}", b"abc")
    await owner_pool.execute(FAIL, "cape-town", "PUT: 400 EntityTooLarge")
    await owner_pool.execute(FAIL, "vladivostok", "PUT: 400 BadDigest")
    page = await operator.call("GET", "/admin/dead-letters?limit=4")
    rest = await operator.call("GET", f"/admin/dead-letters?limit=4&cursor={page['next']}")
    assert len({item["id"] for item in (*page["items"], *rest["items"])}) == 6
    assert rest["next"] is None
    kind = {"server": "vladivostok", "error": "EntityTooLarge"}
    retry = "/admin/dead-letters/retry"
    assert (await operator.call("POST", retry, json=kind))["retried"] == 0
    kind["error"] = "BadDigest"
    assert (await operator.call("POST", retry, json=kind))["retried"] == 3
    assert (await operator.call("POST", retry, json={}))["retried"] == 3
    await operator.call("POST", retry, 404, json={"server": "nowhere"})


@pytest.mark.parametrize("scope", [EVERYTHING, f"{EVERYTHING} replication.view"])
async def test_only_operators_see_and_decide(storage: Storage, scope: str) -> None:
    person = storage.person(BOSTON)
    person.token = make_token(person.id, person.session_id, scope=scope)
    may_view = "replication.view" in scope
    await person.call("GET", "/admin/replication", 200 if may_view else 403)
    await person.call("GET", "/admin/dead-letters", 200 if may_view else 403)
    await person.call("POST", "/admin/dead-letters/retry", 403, json={})
    await person.call("DELETE", f"/admin/dead-letters/{uuid.uuid4()}", 403)
