"""A whole run: everything up, watched, and down again."""

from __future__ import annotations

import asyncio
import os
import signal
from time import monotonic
from typing import TYPE_CHECKING

from services.local.process.guard import start_guard
from services.local.process.keeper import Keeper
from services.local.process.stack import Stack
from services.local.run.live import Live, RestoreWantedError
from services.local.run.lock import hold_lock
from services.local.run.plan import BACKGROUND, Plan, make_plan
from services.local.run.restore_wish import forget, fulfil
from services.local.run.service_commands import api_commands, background_commands
from services.local.servers.database import fill_database
from services.local.servers.start import all_of, start_cities, start_data

if TYPE_CHECKING:
    from services.local.run.home import Home
    from services.local.run.screen import Screen

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SERVICES = frozenset(("gateway", "auth", "storage", "movies", *BACKGROUND))


async def run(home: Home, port: int | None, screen: Screen) -> None:
    """Run the local stack until a signal asks to stop; LocalError when it does not come up."""
    _stop_at_signals()
    with hold_lock(home) as lock:
        forget(home)
        while await _run_once(home, port, screen, lock):
            screen.say("restoring …")
            screen.say(await fulfil(home, lock) or "restored")


async def _run_once(home: Home, port: int | None, screen: Screen, lock: int) -> bool:
    """Run everything once; whether a backup is to be restored before the next time."""
    began = monotonic()
    with start_guard(lock) as guard:
        plan = make_plan(home, port)
        stack = Stack(guard, home.logs, screen.done)
        try:
            cities = asyncio.create_task(start_cities(plan, stack))
            await all_of(
                _until(cities),
                stack.start(plan.gateway.command()),
                _start_services(plan, stack, screen, cities),
            )
            await _serve(plan, stack, screen, monotonic() - began)
        except RestoreWantedError:
            return True
        finally:
            home.run_file.unlink(missing_ok=True)
            screen.say("stopping …")
            await stack.stop(first=SERVICES)
    return False


async def _until(task: asyncio.Task[None]) -> None:
    await task


async def _start_services(
    plan: Plan, stack: Stack, screen: Screen, cities: asyncio.Task[None]
) -> None:
    await start_data(plan, stack)
    if plan.edges[0].node.is_complete:
        # Their buckets are made together with the tables.
        await asyncio.shield(cities)
    began = monotonic()
    if await fill_database(plan, stack.guard):
        screen.done("tables, cities, accounts", monotonic() - began)
    await all_of(*map(stack.start, api_commands(plan)))
    # They take up work when they get to it; waiting for them would only delay the page.
    for command in background_commands(plan):
        await stack.spawn(command)
        screen.say(f"    {command.name} comes up in the background")


async def _serve(plan: Plan, stack: Stack, screen: Screen, seconds: float) -> None:
    live = Live(plan, stack, screen, seconds)
    keeper = Keeper(stack, screen.say, live.publish)
    more_cities = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, keeper.wake)
    loop.add_signal_handler(signal.SIGUSR2, more_cities.set)
    live.publish()
    forget(plan.home)
    screen.show(plan, seconds)
    await live.keep(more_cities, keeper)


def _stop_at_signals() -> None:
    """Cancel the run at the first signal; leave the rest to the guardian at the second."""
    loop = asyncio.get_running_loop()
    running = asyncio.current_task()
    # With nohup, the end of the terminal is not for us.
    heard = [number for number in STOP_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]

    def stop(number: signal.Signals) -> None:
        for again in heard:
            loop.add_signal_handler(again, os._exit, number)
        if running is not None:
            running.cancel()

    for number in heard:
        loop.add_signal_handler(number, stop, number)
