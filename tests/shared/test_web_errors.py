"""What handlers raise, and what the router refuses, reaches the caller as problem details."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from aiohttp import ClientSession, ServerDisconnectedError, web
from redis.asyncio import Redis

from shared.db import connect
from shared.errors import (
    FILE_TOO_LARGE,
    NO_SERVER,
    REQUEST_IN_PROGRESS,
    TOO_MANY_ATTEMPTS,
    MeridianError,
)
from shared.stores.errors import StoreFull, StoreUnavailable
from shared.web.route import PUBLIC, Route
from tests.shared.small_app import small_app

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp.test_utils import TestClient
    from pytest_aiohttp import AiohttpClient

API = "/test/api/v1"
NOBODY = "127.0.0.1:1"


@pytest.fixture
async def client(aiohttp_client: AiohttpClient) -> TestClient[Any, Any]:
    return await aiohttp_client(small_app())


async def problem_at(
    client: TestClient[Any, Any], path: str, method: str = "GET"
) -> tuple[int, dict[str, Any]]:
    """Call and expect a problem."""
    async with client.request(method, path, allow_redirects=False) as answer:
        problem: dict[str, Any] = await answer.json(content_type="application/problem+json")
        assert problem["status"] == answer.status
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status, problem


async def test_refusal_says_all_there_is(client: TestClient[Any, Any]) -> None:
    status, problem = await problem_at(client, f"{API}/missing")
    assert status == 404
    assert problem == {
        "type": "about:blank",
        "title": "File not found",
        "status": 404,
        "code": "FILE_NOT_FOUND",
        "detail": "It is gone.",
        "request_id": problem["request_id"],
    }


async def test_facts_are_fields_of_their_own(aiohttp_client: AiohttpClient) -> None:
    async def handler(_: web.Request) -> web.Response:
        raise MeridianError(FILE_TOO_LARGE, "At most 5 bytes.", limit=5)

    client = await aiohttp_client(small_app([Route("GET", "/ask", handler, PUBLIC)]))
    _, problem = await problem_at(client, f"{API}/ask")
    assert (problem["code"], problem["limit"]) == ("FILE_TOO_LARGE", 5)
    assert "retry_after_seconds" not in problem


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (MeridianError(REQUEST_IN_PROGRESS, retry_after=1), 1),
        (MeridianError(TOO_MANY_ATTEMPTS, retry_after=40), 40),
        (MeridianError(NO_SERVER), 2),
    ],
    ids=str,
)
async def test_time_to_wait_is_told_twice(
    aiohttp_client: AiohttpClient, error: MeridianError, seconds: int
) -> None:
    async def handler(_: web.Request) -> web.Response:
        raise error

    client = await aiohttp_client(small_app([Route("GET", "/ask", handler, PUBLIC)]))
    async with client.get(f"{API}/ask") as answer:
        problem = await answer.json(content_type=None)
        assert answer.headers["Retry-After"] == str(seconds)
        assert problem["retry_after_seconds"] == seconds


@pytest.mark.parametrize(
    "path", ["/", "/nothing", f"{API}/nothing", f"{API}/things/", "/test/api", "//", "/%00", "/%ff"]
)
async def test_unknown_path_is_404(client: TestClient[Any, Any], path: str) -> None:
    assert (await problem_at(client, path))[1]["code"] == "NOT_FOUND"


async def test_other_method_is_405_with_allow(client: TestClient[Any, Any]) -> None:
    async with client.put(f"{API}/things") as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET,HEAD,POST"
        assert (await answer.json(content_type=None))["code"] == "METHOD_NOT_ALLOWED"


@pytest.mark.parametrize("method", ["OPTIONS", "PATCH", "TRACE", "PROPFIND"])
async def test_rare_method_is_405(client: TestClient[Any, Any], method: str) -> None:
    assert (await problem_at(client, f"{API}/things", method))[0] == 405


async def test_fault_of_ours_is_500_and_says_nothing(
    client: TestClient[Any, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    status, problem = await problem_at(client, f"{API}/broken")
    assert (status, problem["code"]) == (500, "INTERNAL")
    assert "secret" not in str(problem)
    assert "the secret of the house" in "".join(capfd.readouterr())


async def test_redirect_stays_a_redirect(client: TestClient[Any, Any]) -> None:
    async with client.get(f"{API}/moved", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, "/elsewhere")
        assert "X-Request-ID" in answer.headers


async def test_answers_carry_the_headers_of_safety(client: TestClient[Any, Any]) -> None:
    async with client.get(f"{API}/things") as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Server" not in answer.headers


@pytest.mark.parametrize("given", ["abc-123", "a" * 128, "01J/x+y=:z"])
async def test_sane_request_id_is_kept(client: TestClient[Any, Any], given: str) -> None:
    async with client.get(f"{API}/things", headers={"X-Request-ID": given}) as answer:
        assert answer.headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "a" * 129, "two words", "<b>", '"', "ж", "a\tb"])
async def test_odd_request_id_is_replaced(client: TestClient[Any, Any], given: str) -> None:
    async with client.get(f"{API}/things", headers={"X-Request-ID": given}) as answer:
        assert answer.headers["X-Request-ID"] != given
        assert len(answer.headers["X-Request-ID"]) == 32


async def ask_absent_database() -> None:
    pool = await connect(f"postgresql://nobody:x@{NOBODY}/none")
    async with pool:
        await pool.fetchval("SELECT 1")


async def ask_absent_socket() -> None:
    await asyncpg.connect(host="/nowhere", user="nobody", database="none")


async def ask_hanging_database() -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await asyncpg.connect(host="127.0.0.1", port=port, user="x", database="x", timeout=0.1)


async def ask_closed_pool() -> None:
    pool = await connect(f"postgresql://nobody:x@{NOBODY}/none")
    await pool.close()
    await pool.fetchval("SELECT 1")


async def ask_crowded_database() -> None:
    raise asyncpg.TooManyConnectionsError("sorry, too many clients already")


async def ask_stopping_database() -> None:
    raise asyncpg.AdminShutdownError("terminating connection due to administrator command")


async def ask_confused_connection() -> None:
    raise asyncpg.InternalClientError("cannot switch to state 11; another operation (2) is running")


async def ask_odd_protocol() -> None:
    raise asyncpg.ProtocolError("cannot process message")


async def ask_standby() -> None:
    raise asyncpg.ReadOnlySQLTransactionError("cannot execute UPDATE in a read-only transaction")


async def ask_busy_rows() -> None:
    raise asyncpg.DeadlockDetectedError("deadlock detected")


async def ask_through_a_broken_pooler() -> None:
    raise asyncpg.ProtocolViolationError("server login has been failing")


async def ask_changed_table() -> None:
    raise asyncpg.InvalidCachedStatementError("cached statement plan is invalid")


async def ask_in_a_broken_transaction() -> None:
    try:
        raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of it")
    except asyncpg.PostgresError:
        raise asyncpg.InterfaceError("cannot rollback; the transaction is in error state") from None


async def ask_absent_redis() -> None:
    async with Redis.from_url(f"redis://{NOBODY}") as redis:
        await redis.ping()


async def ask_absent_server() -> None:
    async with ClientSession() as session, session.get(f"http://{NOBODY}"):
        pass


async def ask_broken_store() -> None:
    raise StoreFull("PUT: 507")


async def ask_absent_store() -> None:
    raise StoreUnavailable("HEAD: Connection refused")


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (ask_absent_database, "DATABASE_UNAVAILABLE"),
        (ask_absent_socket, "DATABASE_UNAVAILABLE"),
        (ask_hanging_database, "DATABASE_UNAVAILABLE"),
        (ask_closed_pool, "DATABASE_UNAVAILABLE"),
        (ask_crowded_database, "DATABASE_UNAVAILABLE"),
        (ask_stopping_database, "DATABASE_UNAVAILABLE"),
        (ask_confused_connection, "DATABASE_UNAVAILABLE"),
        (ask_odd_protocol, "DATABASE_UNAVAILABLE"),
        (ask_standby, "DATABASE_UNAVAILABLE"),
        (ask_busy_rows, "DATABASE_UNAVAILABLE"),
        (ask_through_a_broken_pooler, "DATABASE_UNAVAILABLE"),
        (ask_changed_table, "DATABASE_UNAVAILABLE"),
        (ask_in_a_broken_transaction, "DATABASE_UNAVAILABLE"),
        (ask_absent_redis, "REDIS_UNAVAILABLE"),
        (ask_absent_server, "STORE_UNAVAILABLE"),
        (ask_broken_store, "STORE_UNAVAILABLE"),
        (ask_absent_store, "STORE_UNAVAILABLE"),
    ],
)
async def test_outage_is_503_and_says_when_to_come_back(
    aiohttp_client: AiohttpClient, ask: Callable[[], Awaitable[None]], code: str
) -> None:
    async def handler(_: web.Request) -> web.Response:
        await ask()
        return web.Response()

    client = await aiohttp_client(small_app([Route("GET", "/ask", handler, PUBLIC)]))
    async with client.get(f"{API}/ask") as answer:
        problem = await answer.json(content_type=None)
        assert (answer.status, problem["code"]) == (503, code)
        assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        FileNotFoundError("ours"),
        asyncpg.UniqueViolationError("duplicate key"),
        asyncpg.InterfaceError("another operation is in progress"),
        asyncpg.InsufficientPrivilegeError("permission denied for table"),
        asyncpg.UndefinedColumnError("column does not exist"),
        asyncpg.CharacterNotInRepertoireError("invalid byte sequence"),
        asyncpg.exceptions._base.ClientConfigurationError("closed"),
    ],
    ids=repr,
)
async def test_what_is_no_outage_stays_500(aiohttp_client: AiohttpClient, error: Exception) -> None:
    async def handler(_: web.Request) -> web.Response:
        raise error

    client = await aiohttp_client(small_app([Route("GET", "/ask", handler, PUBLIC)]))
    assert (await problem_at(client, f"{API}/ask"))[1]["code"] == "INTERNAL"


async def test_cancellation_is_not_answered(aiohttp_client: AiohttpClient) -> None:
    async def handler(_: web.Request) -> web.Response:
        raise asyncio.CancelledError

    client = await aiohttp_client(small_app([Route("GET", "/ask", handler, PUBLIC)]))
    with pytest.raises(ServerDisconnectedError):
        await client.get(f"{API}/ask")


async def test_two_applications_keep_apart(aiohttp_client: AiohttpClient) -> None:
    first, second = await aiohttp_client(small_app()), await aiohttp_client(small_app([]))
    assert (await problem_at(first, f"{API}/missing"))[1]["code"] == "FILE_NOT_FOUND"
    assert (await problem_at(second, f"{API}/missing"))[1]["code"] == "NOT_FOUND"
