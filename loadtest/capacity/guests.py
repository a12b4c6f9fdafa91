"""Who is there during the trials: accounts with big libraries, and one who watches."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING
from uuid import UUID

import aiohttp

from loadtest.accounts import Account, read_accounts
from loadtest.capacity.chief import Chief
from loadtest.library import library
from loadtest.populate import MOST_ACCOUNTS, Caller, prepare, remove_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtest.stack import Stack


@contextmanager
def guests(stack: Stack, files: int) -> Iterator[tuple[str, Chief]]:
    """The file that names the accounts, and one who may see what waits."""
    accounts = prepare(stack, MOST_ACCOUNTS)
    with asyncio.Runner() as runner:
        rows = AsyncExitStack()
        try:
            runner.run(_settle_in(stack, accounts, files, rows))
            chief = next(one for one in stack.run["accounts"] if one["is_superuser"])
            yield accounts, Chief(stack, Account(chief["username"], chief["password"]))
        finally:
            runner.run(rows.aclose())
            remove_files(stack, accounts)


async def _settle_in(stack: Stack, accounts: str, files: int, rows: AsyncExitStack) -> None:
    url = stack.database_url()
    async with aiohttp.ClientSession() as client:
        caller = Caller(stack, client, {})
        for account in read_accounts(accounts):
            person = await caller.sign_in(account)
            me = await person.call("GET", f"{stack.auth}/me")
            await rows.enter_async_context(library(url, UUID(me["id"]), files))
