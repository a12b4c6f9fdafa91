"""A stack that serves: it says where it is, and takes in new cities."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from services.local.run.home import LocalError
from services.local.run.plan import plan_city
from services.local.run.restore_wish import wanted
from services.local.run.run_file import write_run_file
from services.local.servers.more_cities import all_cities
from services.local.servers.start import start_city

if TYPE_CHECKING:
    from services.local.process.keeper import Keeper
    from services.local.process.stack import Stack
    from services.local.run.plan import Plan
    from services.local.run.screen import Screen
    from services.local.servers.cities import City


class RestoreWantedError(Exception):
    """Somebody asked to put a backup in place of everything; the wish lies in the home."""


@dataclass(slots=True)
class Live:
    """What runs; `seconds` is how long it took to come up."""

    plan: Plan
    stack: Stack
    screen: Screen
    seconds: float

    def publish(self) -> None:
        """Write run.json."""
        write_run_file(self.plan, self.stack, self.seconds)

    async def keep(self, asked: asyncio.Event, keeper: Keeper) -> None:
        """Watch the processes; do what lies in the home whenever asked.

        RestoreWantedError when that is to begin anew from a backup.
        """
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(keeper.watch())
                while True:
                    await asked.wait()
                    asked.clear()
                    await self._do_what_is_asked(keeper)
        except BaseExceptionGroup as errors:
            if errors.subgroup(RestoreWantedError):
                raise RestoreWantedError from None
            raise

    async def _do_what_is_asked(self, keeper: Keeper) -> None:
        if wanted(self.plan.home):
            raise RestoreWantedError
        there = {edge.city.name for edge in self.plan.edges}
        try:
            new = [city for city in all_cities(self.plan.home) if city.name not in there]
        except (LocalError, OSError) as error:
            self.screen.say(f"no city can be added: {error}")
            return
        for city in new:
            try:
                await self._take_in(city, keeper)
            except (LocalError, OSError) as error:
                self.screen.say(f"{city.title} could not be added: {error}")

    async def _take_in(self, city: City, keeper: Keeper) -> None:
        edge = plan_city(self.plan.home, city, self.plan.gateway.storage_port)
        before = set(self.stack.children)
        await start_city(edge, self.stack)
        self.plan = replace(self.plan, edges=(*self.plan.edges, edge))
        for name in set(self.stack.children) - before:
            keeper.keep(name)
        self.publish()
        self.screen.say(f"{city.title} was added: {edge.endpoint}")
