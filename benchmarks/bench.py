"""What every measurement needs: the stack, an account, the processes that count."""

from __future__ import annotations

import json
import os
import signal
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

from benchmarks.load import BenchmarkError
from loadtest.accounts import Account, read_accounts
from loadtest.populate import Caller, prepare, remove_files
from loadtest.processes import tree

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator, Sequence

    from loadtest.stack import Stack

COUNTED = ("auth", "storage", "relay", "postgres")
REPLICATOR = "replicator"
PEOPLE = 9
PORTS_FILE = "ports.json"
TIMEOUT = aiohttp.ClientTimeout(total=120)


@dataclass(frozen=True, slots=True)
class Bench:
    """A signed-in account on a stack, and some others; every measurement takes `seconds`."""

    caller: Caller
    account: Account
    others: Sequence[Caller]
    seconds: float
    pids: Collection[int]
    database_url: str = field(repr=False)

    def own_address(self, service: str) -> str:
        """Where a service listens itself, behind the gateway."""
        ports = json.loads((self.caller.stack.home / PORTS_FILE).read_text(encoding="utf-8"))
        return f"http://127.0.0.1:{ports[service]}/{service}/api/v1"


@asynccontextmanager
async def open_bench(
    stack: Stack, accounts: Sequence[Account], seconds: float
) -> AsyncIterator[Bench]:
    """Sign all of them in."""
    async with aiohttp.ClientSession(timeout=TIMEOUT) as client:
        nobody = Caller(stack, client, {})
        caller, *others = [await nobody.sign_in(account) for account in accounts]
        pids = {name: _pid(stack, name) for name in COUNTED}
        yield Bench(caller, accounts[0], others, seconds, pids.values(), stack.database_url())


@contextmanager
def borrow_accounts(stack: Stack) -> Iterator[Sequence[Account]]:
    """Make accounts without files, and leave them without files."""
    path = prepare(stack, PEOPLE)
    try:
        yield read_accounts(path)[:PEOPLE]
    finally:
        remove_files(stack, path)


@contextmanager
def hold_replicator(stack: Stack) -> Iterator[None]:
    """Stop the replicator while work piles up; it goes on with the end of the block."""
    named = stack.run["pids"].items()
    pids = set().union(*(tree(pid) for name, pid in named if name.startswith(REPLICATOR)))
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _pid(stack: Stack, name: str) -> int:
    pid: int | None = stack.run["pids"].get(name)
    if pid is None:
        raise BenchmarkError(f"{name} does not run")
    return pid
