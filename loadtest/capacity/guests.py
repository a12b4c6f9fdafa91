"""Who is there during the trials: accounts with big libraries, and one who watches."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

import aiohttp

from loadtest.accounts import Account, read_accounts
from loadtest.library import library
from loadtest.populate import MOST_ACCOUNTS, Caller, prepare, remove_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtest.stack import Stack


@contextmanager
def guests(stack: Stack, files: int) -> Iterator[tuple[str, str]]:
    """The file that names the accounts, and the token of one who may see what waits."""
    accounts = prepare(stack, MOST_ACCOUNTS)
    with asyncio.Runner() as runner:
        rows = AsyncExitStack()
        try:
            token = runner.run(_settle_in(stack, accounts, files, rows))
            yield accounts, token
        finally:
            runner.run(rows.aclose())
            remove_files(stack, accounts)


async def _settle_in(stack: Stack, accounts: str, files: int, rows: AsyncExitStack) -> str:
    url = stack.database_url()
    async with aiohttp.ClientSession() as client:
        caller = Caller(stack, client, {})
        for account in read_accounts(accounts):
            person = await caller.sign_in(account)
            me = await person.call("GET", f"{stack.auth}/me")
            await rows.enter_async_context(library(url, UUID(me["id"]), files))
        chief = next(one for one in stack.run["accounts"] if one["is_superuser"])
        signed_in = await caller.sign_in(Account(chief["username"], chief["password"]))
        return signed_in.headers["Authorization"].removeprefix("Bearer ")
