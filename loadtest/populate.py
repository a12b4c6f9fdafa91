"""Prepares a stack for a run: accounts through the API; afterwards none of their files is left."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp

from loadtest.accounts import ACCOUNTS_FILE, Account, read_accounts, write_accounts
from loadtest.stack import StackError

if TYPE_CHECKING:
    from loadtest.stack import Stack

# A password takes tens of milliseconds to hash, and people may share an account.
MOST_ACCOUNTS = 20
PASSWORD_BYTES = 24
AT_ONCE = 4
PAGE = 200
TIMEOUT = aiohttp.ClientTimeout(total=60)


def prepare(stack: Stack, wanted: int) -> str:
    """Make sure of up to `wanted` accounts without files; the path of the file that names them."""
    path = str(stack.home / ACCOUNTS_FILE)
    accounts = asyncio.run(_prepare(stack, min(wanted, MOST_ACCOUNTS), read_accounts(path)))
    write_accounts(path, accounts)
    return path


def remove_files(stack: Stack, path: str) -> int:
    """Delete every file of these accounts; how many there were."""
    return asyncio.run(_remove_files(stack, read_accounts(path)))


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls the API of a stack; StackError for every answer that is not a success."""

    stack: Stack
    client: aiohttp.ClientSession
    headers: dict[str, str]

    async def call(self, method: str, url: str, body: object = None) -> Any:
        """Make one call; the JSON that comes back."""
        async with self.client.request(method, url, json=body, headers=self.headers) as answer:
            text = await answer.text()
            if answer.status >= HTTPStatus.BAD_REQUEST:
                raise StackError(f"{method} {url}: {answer.status} {text[:200]}")
            return await answer.json() if text else None

    async def sign_in(self, account: Account) -> Caller:
        """Log in; a caller that is signed in."""
        login = {"username": account.username, "password": account.password}
        tokens = await self.call("POST", f"{self.stack.auth}/login", login)
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        return Caller(self.stack, self.client, bearer)


async def _prepare(stack: Stack, wanted: int, known: tuple[Account, ...]) -> list[Account]:
    async with aiohttp.ClientSession(timeout=TIMEOUT) as client:
        caller = Caller(stack, client, {})
        usable = [account for account in known if await _is_usable(caller, account)]
        while len(usable) < wanted:
            usable.append(await register(caller))
        return usable


async def register(caller: Caller) -> Account:
    """Register somebody new."""
    name = f"load-{secrets.token_hex(6)}"
    account = Account(name, secrets.token_urlsafe(PASSWORD_BYTES))
    person = {
        "username": name,
        "email": f"{name}@example.com",
        "password": account.password,
        "first_name": "Load",
        "last_name": "Test",
    }
    await caller.call("POST", f"{caller.stack.auth}/register", person)
    return account


async def _is_usable(caller: Caller, account: Account) -> bool:
    """Whether the stack still knows the account: its data may have been thrown away."""
    try:
        signed_in = await caller.sign_in(account)
        await _empty(signed_in)
    except StackError:
        return False
    return True


async def _remove_files(stack: Stack, accounts: tuple[Account, ...]) -> int:
    async with aiohttp.ClientSession(timeout=TIMEOUT) as client:
        caller = Caller(stack, client, {})
        return sum([await _empty(await caller.sign_in(account)) for account in accounts])


async def _empty(caller: Caller) -> int:
    """Delete all files of the one who is signed in, then log out; how many there were."""
    files = f"{caller.stack.storage}/files"
    turn = asyncio.Semaphore(AT_ONCE)
    removed = 0
    while page := (await caller.call("GET", f"{files}?limit={PAGE}"))["items"]:
        await asyncio.gather(*(_delete(caller, turn, f"{files}/{file['id']}") for file in page))
        removed += len(page)
    await caller.call("POST", f"{caller.stack.auth}/logout")
    return removed


async def _delete(caller: Caller, turn: asyncio.Semaphore, url: str) -> None:
    async with turn:
        await caller.call("DELETE", url)
