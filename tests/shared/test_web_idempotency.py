"""Idempotency-Key: the same request again gets the first answer, another one is refused."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from shared.db import connect
from shared.first_answers import prune_answers
from shared.vault import Vault, new_key
from shared.web.idempotency import IDEMPOTENCY, Idempotency
from shared.web.reply import reply
from shared.web.route import SIGNED_IN, Route
from tests.shared.small_app import HintSchema, bearer, small_app
from tests.world.calm import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web
    from aiohttp.test_utils import TestClient
    from pytest_aiohttp import AiohttpClient

    from shared.db import Pool
    from tests.conftest import Database

PATH = "/test/api/v1/things"
KEY = {"Idempotency-Key": "0b5c-1"}
GROW_OLD = "UPDATE storage.idempotency_keys SET created_at = clock_timestamp() - $1::interval"


class Work:
    """A handler that counts how often it is run, and fails or waits when told to."""

    def __init__(self) -> None:
        self.runs = itertools.count(1)
        self.begun = asyncio.Event()
        self.going = asyncio.Event()
        self.going.set()
        self.error: Exception | None = None

    async def create(self, request: web.Request, body: dict[str, str]) -> web.Response:
        run = next(self.runs)
        self.begun.set()
        await self.going.wait()
        if self.error:
            raise self.error
        return reply({"run": run, **body}, headers={"Location": f"/things/{run}"})


@pytest.fixture
def work() -> Work:
    return Work()


async def small_client(
    aiohttp_client: AiohttpClient, work: Work, url: str, schema: str, *keys: str
) -> TestClient[Any, Any]:
    """Serve the work; first answers are kept by the service whose schema it is."""

    async def resource(app: web.Application) -> AsyncIterator[None]:
        async with await connect(url) as pool:
            app[IDEMPOTENCY] = Idempotency(pool, Vault(keys or [new_key()]), schema)
            yield

    row = Route(
        "POST", "/things", work.create, SIGNED_IN, body=HintSchema, status=201, idempotent=True
    )
    return await aiohttp_client(small_app([row], (resource,)))


@pytest.fixture
async def client(
    aiohttp_client: AiohttpClient, database: Database, work: Work
) -> TestClient[Any, Any]:
    return await small_client(aiohttp_client, work, database.storage, "storage")


async def post(
    client: TestClient[Any, Any],
    headers: dict[str, str],
    body: bytes = b'{"password": "x"}',
    path: str = PATH,
) -> tuple[int, dict[str, Any], dict[str, str]]:
    media = {"Content-Type": "application/json", **bearer(), **headers}
    async with client.post(path, data=body, headers=media) as answer:
        return answer.status, await answer.json(content_type=None), dict(answer.headers)


async def test_second_time_gets_the_first_answer(client: TestClient[Any, Any]) -> None:
    first = await post(client, KEY)
    again = await post(client, KEY)
    assert first[:2] == again[:2] == (201, {"run": 1, "password": "x"})
    assert again[2]["Location"] == "/things/1"
    assert again[2]["Content-Type"] == first[2]["Content-Type"]
    assert "Idempotency-Replayed" not in first[2]
    assert again[2]["Idempotency-Replayed"] == "true"
    assert again[2]["X-Request-ID"] != first[2]["X-Request-ID"]


async def test_every_service_keeps_its_own_answers(
    aiohttp_client: AiohttpClient, database: Database, work: Work, owner_pool: Pool
) -> None:
    client = await small_client(aiohttp_client, work, database.auth, "auth")
    assert [(await post(client, KEY))[1]["run"] for _ in range(2)] == [1, 1]
    assert await owner_pool.fetchval("SELECT count(*) FROM auth.idempotency_keys") == 1
    assert await owner_pool.fetchval("SELECT count(*) FROM storage.idempotency_keys") == 0


async def test_without_key_each_is_new(client: TestClient[Any, Any]) -> None:
    assert [(await post(client, {}))[1]["run"] for _ in range(2)] == [1, 2]


async def test_other_body_under_the_key_is_422(client: TestClient[Any, Any]) -> None:
    await post(client, KEY)
    status, problem, _ = await post(client, KEY, b'{"password": "y"}')
    assert (status, problem["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_keys_of_people_do_not_meet(client: TestClient[Any, Any]) -> None:
    await post(client, KEY)
    other = await post(client, KEY | bearer(user_id=uuid4()))
    assert other[1]["run"] == 2


async def test_while_the_first_runs_the_second_is_409(
    client: TestClient[Any, Any], work: Work
) -> None:
    work.going.clear()
    first = asyncio.create_task(post(client, KEY))
    await asyncio.wait_for(work.begun.wait(), PATIENCE_SECONDS)
    status, problem, _ = await post(client, KEY)
    assert (status, problem["code"]) == (409, "REQUEST_IN_PROGRESS")
    work.going.set()
    assert (await first)[0] == 201
    assert (await post(client, KEY))[1]["run"] == 1


async def test_twenty_at_once_run_once(client: TestClient[Any, Any], work: Work) -> None:
    answers = await asyncio.gather(*(post(client, KEY) for _ in range(20)))
    assert {answer[0] for answer in answers} <= {201, 409}
    assert next(work.runs) == 2


async def test_failure_frees_the_key(client: TestClient[Any, Any], work: Work) -> None:
    work.error = RuntimeError("no")
    assert (await post(client, KEY))[0] == 500
    work.error = None
    assert (await post(client, KEY))[:2] == (201, {"run": 2, "password": "x"})


async def test_claim_of_a_dead_process_is_taken_over(
    client: TestClient[Any, Any], work: Work, owner_pool: Pool
) -> None:
    work.going.clear()
    hanging = asyncio.create_task(post(client, KEY))
    await asyncio.wait_for(work.begun.wait(), PATIENCE_SECONDS)
    await owner_pool.execute(GROW_OLD, timedelta(seconds=200))
    assert (await post(client, KEY))[0] == 409
    await owner_pool.execute(GROW_OLD, timedelta(seconds=301))
    work.going.set()
    assert (await post(client, KEY))[1]["run"] == 2
    # the late one neither replaces nor removes the answer of the one that took over
    assert (await hanging)[1]["run"] == 1
    assert (await post(client, KEY))[1]["run"] == 2


async def test_after_a_day_the_key_is_new_and_old_ones_go(
    client: TestClient[Any, Any], owner_pool: Pool
) -> None:
    for number in range(5):
        await post(client, {"Idempotency-Key": str(number)})
    await owner_pool.execute(
        "UPDATE storage.idempotency_keys SET created_at = now() - interval '25 hours'"
    )
    assert (await post(client, {"Idempotency-Key": "0"}))[1]["run"] == 6
    assert await owner_pool.fetchval("SELECT count(*) FROM storage.idempotency_keys") == 1


async def test_answer_is_sealed_at_rest(client: TestClient[Any, Any], owner_pool: Pool) -> None:
    await post(client, KEY, b'{"password": "shown-once"}')
    sealed = await owner_pool.fetchval("SELECT answer FROM storage.idempotency_keys")
    assert sealed
    assert b"shown-once" not in sealed


async def test_stored_fingerprint_tests_no_guess(
    client: TestClient[Any, Any], owner_pool: Pool
) -> None:
    guess = b'{"password": "x"}'
    await post(client, KEY, guess)
    stored = await owner_pool.fetchval("SELECT fingerprint FROM storage.idempotency_keys")
    assert len(stored) == 32
    assert stored != hashlib.sha256(guess).digest()


async def test_repetition_outlives_a_new_server_key(
    aiohttp_client: AiohttpClient, database: Database, work: Work
) -> None:
    old, new = new_key(), new_key()
    clients = [
        await small_client(aiohttp_client, work, database.storage, "storage", *keys)
        for keys in ((old,), (new, old), (new,))
    ]
    assert [(await post(client, KEY))[1]["run"] for client in clients[:2]] == [1, 1]
    assert (await post(clients[1], KEY, b'{"password": "y"}'))[0] == 422
    # Without the old key nobody can tell.
    assert (await post(clients[2], KEY))[0] == 422


async def test_old_answers_go_also_when_nobody_asks(
    client: TestClient[Any, Any], owner_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        await post(client, {"Idempotency-Key": str(number)})
    await owner_pool.execute(
        "UPDATE storage.idempotency_keys SET created_at = now() - interval '25 hours'"
        " WHERE key <> '0'"
    )
    monkeypatch.setattr("shared.batches.BATCH", 3)
    await prune_answers(owner_pool, "storage")
    kept = await owner_pool.fetch("SELECT key FROM storage.idempotency_keys")
    assert [row["key"] for row in kept] == ["0"]


@pytest.mark.parametrize("key", ["", "two words", "k" * 256, "ключ"])
async def test_odd_key_is_422(client: TestClient[Any, Any], key: str) -> None:
    status, problem, _ = await post(client, {"Idempotency-Key": key})
    assert (status, list(problem["errors"])) == (422, ["Idempotency-Key"])
