"""Guessing the password of a link: what strangers get, and how long a person who knows it waits."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import os
import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_network
from typing import TYPE_CHECKING, Final

import pytest

from services.storage.opening.guard import lanes_of
from shared.errors import MeridianError
from shared.throttle.throttle import Throttle
from tests.free_port import free_port
from tests.storage.guests import Guest
from tests.storage.sharing import somebody

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conftest import Tell
    from tests.storage.conftest import Storage

PASSWORD: Final = "tea at four"
HOUR: Final = 3600
LINK: Final = uuid.UUID(int=1)
# Whoever guesses asks again so often, whatever he is told; whoever knows it waits as he is told.
IMPATIENCE_SECONDS: Final = 60
ARRIVAL_SECONDS: Final = 20
# So many wrong passwords come to the real service; by hand it has had 1,000.
GUESSES: Final = int(os.environ.get("MERIDIAN_GUESSES", "60"))
# So many guess by the clock; by hand it has been 1,000.
GUESSERS: Final = int(os.environ.get("MERIDIAN_GUESSERS", "300"))


@dataclass(slots=True)
class Siege:
    """An hour in which strangers guess and others know the password, by a clock of its own."""

    throttle: Throttle | None = None
    now: float = 0
    guesses: int = 0
    waits: list[float] = field(default_factory=list)

    async def attempt(self, address: int, *, is_right: bool) -> float:
        """Try a password from an address; the seconds until it may be tried, 0 if it was."""
        assert self.throttle is not None
        network = ip_network(IPv4Address(address))
        try:
            async with self.throttle.attempt(*lanes_of(LINK, network)) as attempt:
                if not is_right:
                    attempt.fail()
        except MeridianError as refused:
            return float(refused.retry_after or 0)
        return 0

    async def run(self, guessers: int) -> None:
        """Let them come: guessers all the time, every 20 seconds one who knows it."""
        chance, order = random.Random(7), itertools.count()
        arrivals = range(0, HOUR, ARRIVAL_SECONDS)
        events = [(chance.random(), next(order), -number - 1, 0.0) for number in range(guessers)]
        events += [
            (float(at), next(order), number, float(at)) for number, at in enumerate(arrivals)
        ]
        heapq.heapify(events)
        while events and events[0][0] < HOUR:
            self.now, _, number, began = heapq.heappop(events)
            if number >= 0:
                left = await self.come(number, began)
            else:
                wait = await self.attempt(2**31 - number, is_right=False)
                self.guesses += not wait
                left = wait and chance.uniform(1, 2 * IMPATIENCE_SECONDS)
            if left is not None:
                heapq.heappush(events, (self.now + left, next(order), number, began))

    async def come(self, number: int, began: float) -> float | None:
        """Somebody mistypes it, then tries; how long he waits to try again, None once in."""
        if self.now == began:
            await self.attempt(number, is_right=False)
        wait = await self.attempt(number, is_right=True)
        if not wait:
            self.waits.append(self.now - began)
        return wait or None


@pytest.fixture
async def siege() -> AsyncIterator[Siege]:
    siege = Siege()
    # Nothing answers there: the process counts, and its clock can be set.
    throttle = siege.throttle = Throttle(f"redis://127.0.0.1:{free_port()}", lambda: siege.now)
    yield siege
    await throttle.close()


@pytest.mark.parametrize(("guessers", "most"), [(1, 20), (GUESSERS, min(8 * GUESSERS, 4000))])
async def test_what_an_hour_of_guessing_gives(
    siege: Siege, tell: Tell, guessers: int, most: int
) -> None:
    await siege.run(guessers)
    waits = sorted(siege.waits)
    came = HOUR // ARRIVAL_SECONDS
    tell(
        guessers=guessers,
        guesses_an_hour=siege.guesses,
        came_in=len(waits),
        wait_p50=waits[len(waits) // 2],
        wait_p99=waits[len(waits) * 99 // 100],
    )
    assert siege.guesses <= most
    assert len(waits) == came
    assert sum(wait > 10 for wait in waits) == 0


@pytest.mark.parametrize("place", ["one address", "as many addresses"])
async def test_whoever_knows_it_comes_in_while_others_guess(
    storage: Storage, tell: Tell, place: str
) -> None:
    owner = somebody(storage)
    file = await owner.upload("a", b"a")
    link = await owner.call("POST", f"/files/{file['id']}/links", 201, json={"password": PASSWORD})
    path = f"/s/{link['url'].rpartition('/')[2]}/open"
    guests, told = Crowd(storage, is_spread=place != "one address"), Counter[int]()

    async def guess(number: int) -> None:
        told[await guests.open(path, number, f"guess {number}")] += 1

    for start in range(0, GUESSES, GUESSES // 4):
        await asyncio.gather(
            *(guess(number) for number in range(start, start + GUESSES // 4)),
            *(guests.come_in(path, GUESSES + start + one) for one in range(3)),
        )
    (listed,) = (await owner.call("GET", "/links"))["items"]
    tell(
        guesses=GUESSES,
        place=place,
        looked_at=told[401],
        told_to_wait=told[429],
        came_in=len(guests.waits),
        longest_wait=round(max(guests.waits), 1),
    )
    assert told.keys() <= {401, 429}
    assert listed["wrong_passwords"] == told[401]
    assert (listed["downloads"], listed["last_opened_at"] is None) == (12, False)
    refused = await owner.call("GET", "/actions?event=LINK.REFUSE&limit=200")
    assert len(refused["items"]) == min(told[401], 200)
    # Whoever has one address gets his few; the first tries from many are looked at.
    assert told[401] > 8 if guests.is_spread else told[401] <= 8


@dataclass(frozen=True, slots=True)
class Crowd:
    """Strangers, each at an address of his own, or all who guess at one."""

    storage: Storage
    is_spread: bool
    waits: list[float] = field(default_factory=list)

    async def open(self, path: str, number: int, password: str) -> int:
        """Try a password; the status of the answer."""
        at = number if self.is_spread or password == PASSWORD else 0
        address = f"100.2.{at // 250}.{at % 250 + 1}"
        guest = Guest(self.storage.client, self.storage.document, address)
        return await guest.status("POST", path, json={"password": password})

    async def come_in(self, path: str, number: int) -> None:
        """Open it by the password, asked again each second where one has to wait."""
        began = time.monotonic()
        while (status := await self.open(path, number, PASSWORD)) == 429:
            await asyncio.sleep(1)
        assert status == 200
        self.waits.append(time.monotonic() - began)
