"""The servers of the local stack, which the services stand on; tests use them alone."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.local.process.guard import start_guard
from services.local.process.stack import Stack
from services.local.run.home import LocalError, open_home
from services.local.run.lock import hold_lock
from services.local.run.plan import Plan, make_plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine
    from pathlib import Path

    from services.local.servers.edge_command import Edge


@asynccontextmanager
async def local_servers(folder: Path) -> AsyncIterator[tuple[Plan, Stack]]:
    """Run PostgreSQL, Valkey and the three cities in a home while the block runs.

    The database is empty; `services.local.run.seed` fills it.
    """
    home = open_home(folder)
    with hold_lock(home) as lock, start_guard(lock) as guard:
        plan = make_plan(home)
        stack = Stack(guard, home.logs, _say_nothing)
        try:
            await all_of(start_data(plan, stack), start_cities(plan, stack))
            yield plan, stack
        finally:
            await stack.stop()


async def start_data(plan: Plan, stack: Stack) -> None:
    """Start PostgreSQL and Valkey."""
    await all_of(_start_postgres(plan, stack), stack.start(plan.valkey.command()))


async def start_cities(plan: Plan, stack: Stack) -> None:
    """Start the S3 server and the edge of each city."""
    await all_of(*(start_city(edge, stack) for edge in plan.edges))


async def start_city(edge: Edge, stack: Stack) -> None:
    """Start the S3 server of a city and its edge."""
    if edge.node.needs_edge:
        await stack.start(edge.command())
        await stack.start(edge.node.command())
    else:
        await all_of(stack.start(edge.node.command()), stack.start(edge.command()))


async def all_of(*work: Coroutine[object, object, object]) -> None:
    """Do everything at once; the first error ends the rest and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in work:
                group.create_task(one)
    except BaseExceptionGroup as errors:
        # Not except*: it would wrap what is raised here into a group again.
        raise _first(errors) from None


async def _start_postgres(plan: Plan, stack: Stack) -> None:
    await stack.start(await plan.postgres.prepare(stack.guard))


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    ours = errors.subgroup(LocalError) or errors
    found = ours.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found


def _say_nothing(name: str, seconds: float) -> None:
    """Start without a word."""
