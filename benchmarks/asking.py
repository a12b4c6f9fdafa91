"""The operations people use most, as requests to put under load."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from benchmarks.load import http_request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.bench import Bench

FILES = 100
CLIENTS = 32
LOGIN_CLIENTS = 8
NUMBER = "000000000000"
PERSON = {"X-Fake-IP": "128.59.1.1"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, and by how many at once it is asked for."""

    name: str
    requests: list[tuple[str, str]]
    clients: int = CLIENTS
    expected: HTTPStatus = HTTPStatus.OK


def verify_token(bench: Bench) -> Operation:
    """Ask whether a token is good and allows something."""
    body = '{"permissions": ["files.view"]}'
    url = f"{bench.own_address('auth')}/verify"
    return Operation("verify a token", [signed(bench, "POST", url, body)])


def list_files(bench: Bench, folder: str) -> Operation:
    """List a folder, asking the storage service itself."""
    url = f"{bench.own_address('storage')}{_page(folder)}"
    return Operation(f"list {FILES} files", [signed(bench, "GET", url)])


def list_through_gateway(bench: Bench, folder: str) -> Operation:
    """List a folder the way people do."""
    url = f"{bench.caller.stack.storage}{_page(folder)}"
    return Operation(f"list {FILES} files through the gateway", [signed(bench, "GET", url)])


def _page(folder: str) -> str:
    return f"/files?folder={folder}&limit={FILES}"


def link_downloads(bench: Bench, ids: Sequence[str]) -> Operation:
    """Ask for links to files, each in turn."""
    files = f"{bench.own_address('storage')}/files"
    return Operation(
        "download link", [signed(bench, "GET", f"{files}/{file}/download") for file in ids]
    )


def log_in(bench: Bench) -> Operation:
    """Log in with a password."""
    account = bench.account
    body = f'{{"username": "{account.username}", "password": "{account.password}"}}'
    url = f"{bench.own_address('auth')}/login"
    return Operation("log in", [http_request("POST", url, {}, body)], LOGIN_CLIENTS)


def link_uploads(bench: Bench, folder: str) -> Operation:
    """Start uploads, each of another name, by several people in turn."""
    return _start_uploads("upload link", [caller.headers for caller in bench.others], bench, folder)


def link_own_uploads(bench: Bench, folder: str) -> Operation:
    """The same by one person: what is reserved of one quota takes turns."""
    name = "upload link, all by one person"
    return _start_uploads(name, [bench.caller.headers], bench, folder)


def _start_uploads(
    name: str, people: Sequence[Mapping[str, str]], bench: Bench, folder: str
) -> Operation:
    body = f'{{"name": "{NUMBER}{secrets.token_hex(4)}", "size": 1024, "folder": "{folder}"}}'
    url = f"{bench.own_address('storage')}/uploads"
    requests = [http_request("POST", url, {**headers, **PERSON}, body) for headers in people]
    return Operation(name, requests, expected=HTTPStatus.CREATED)


def signed(bench: Bench, method: str, url: str, body: str = "") -> tuple[str, str]:
    """A request of the account of the bench, from New York."""
    return http_request(method, url, {**bench.caller.headers, **PERSON}, body)
