"""Requests a second of the operations people use most, beside bare HTTP and a bare SELECT."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, Limit
from benchmarks.load import Load, Outcome, http_request, put_load
from benchmarks.people import upload_all
from benchmarks.raw import bare_http, bare_select

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.bench import Bench

FILES = 100
FILE_BYTES = 1024
CLIENTS = 32
LOGIN_CLIENTS = 8
READERS = 4
WARM_SECONDS = 0.5
NUMBER = "000000000000"
PERSON = {"X-Fake-IP": "128.59.1.1"}

Requests = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation under load."""

    name: str
    requests: Requests
    clients: int = CLIENTS
    expected: HTTPStatus = HTTPStatus.OK


async def measure_operations(bench: Bench) -> list[Figure]:
    """Measure every operation, one after the other."""
    folder = f"/bench-{secrets.token_hex(4)}"
    files = await upload_all(bench.caller, folder, FILE_BYTES, range(FILES))
    ids = [file["id"] for file in files]
    http = await bare_http(bench.seconds, CLIENTS)
    select = await bare_select(bench, ids[0])
    figures = [
        await _measure(bench, operation, limit)
        for operation, limit in (
            (_verify(bench), http),
            (_list(bench, folder), select),
            (_download(bench, ids), select),
            (_login(bench), None),
            (_list_through_gateway(bench, folder), None),
        )
    ]
    figures.append(await _reads_beside_logins(bench, _list(bench, folder)))
    # Last: the uploads it starts and never finishes keep the sweep busy for a while.
    figures.append(await _measure(bench, _upload(bench, folder), select))
    return figures


async def _measure(bench: Bench, operation: Operation, limit: Limit | None) -> Figure:
    await _load(bench, operation, WARM_SECONDS)
    outcome = await _load(bench, operation, bench.seconds)
    return Figure(
        name=operation.name,
        value=outcome.per_second,
        unit="/s",
        limit=limit,
        p50=outcome.p50,
        p99=outcome.p99,
        cpu_ms=outcome.cpu_ms,
    )


async def _load(bench: Bench, operation: Operation, seconds: float) -> Outcome:
    load = Load(operation.clients, seconds)
    return await put_load(operation.requests, load, bench.pids, operation.expected)


async def _reads_beside_logins(bench: Bench, reading: Operation) -> Figure:
    """How long a list takes while others log in."""
    login = _login(bench)
    reading = Operation(
        f"{reading.name}, {READERS} readers beside {LOGIN_CLIENTS} logins",
        reading.requests,
        READERS,
    )
    reads, _ = await asyncio.gather(
        _load(bench, reading, bench.seconds), _load(bench, login, bench.seconds)
    )
    return Figure(
        name=reading.name, value=reads.per_second, unit="/s", p50=reads.p50, p99=reads.p99
    )


def _verify(bench: Bench) -> Operation:
    body = '{"permissions": ["files.view"]}'
    url = f"{bench.own_address('auth')}/verify"
    return Operation("verify a token", [_signed(bench, "POST", url, body)])


def _list(bench: Bench, folder: str) -> Operation:
    url = f"{bench.own_address('storage')}{_page(folder)}"
    return Operation(f"list {FILES} files", [_signed(bench, "GET", url)])


def _list_through_gateway(bench: Bench, folder: str) -> Operation:
    url = f"{bench.caller.stack.storage}{_page(folder)}"
    return Operation(f"list {FILES} files through the gateway", [_signed(bench, "GET", url)])


def _page(folder: str) -> str:
    return f"/files?folder={folder}&limit={FILES}"


def _download(bench: Bench, ids: Sequence[str]) -> Operation:
    files = f"{bench.own_address('storage')}/files"
    return Operation(
        "download link", [_signed(bench, "GET", f"{files}/{file}/download") for file in ids]
    )


def _login(bench: Bench) -> Operation:
    account = bench.account
    body = f'{{"username": "{account.username}", "password": "{account.password}"}}'
    url = f"{bench.own_address('auth')}/login"
    return Operation("log in", [http_request("POST", url, {}, body)], LOGIN_CLIENTS)


def _upload(bench: Bench, folder: str) -> Operation:
    body = f'{{"name": "{NUMBER}{secrets.token_hex(4)}", "size": 1024, "folder": "{folder}"}}'
    url = f"{bench.own_address('storage')}/uploads"
    return Operation(
        "upload link", [_signed(bench, "POST", url, body)], expected=HTTPStatus.CREATED
    )


def _signed(bench: Bench, method: str, url: str, body: str = "") -> tuple[str, str]:
    return http_request(method, url, {**bench.caller.headers, **PERSON}, body)
