"""What processes tell each other about the way to the servers, by Redis and beside the requests.

Nobody waits for Redis here. While it is away nothing is known of other processes: distance decides.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson
import structlog
from redis.exceptions import RedisError

from services.storage.servers.measures import FORGET_SECONDS, Measure, Measures, network_of
from shared.errors import TOO_MANY_REQUESTS, MeridianError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redis.asyncio import Redis
    from redis.asyncio.client import Pipeline

    from services.storage.servers.measures import Felt, Report
    from shared.geo import Place

log = structlog.get_logger(__name__)

EXCHANGE_SECONDS: Final = 0.5
# Links of a moment ago are bytes under way; they are counted in spans of so many seconds.
SPAN_SECONDS: Final = 10
SPANS: Final = 3
# Networks of the last requests are kept up to date.
MOST_FOLLOWED: Final = 200
REPORTS_AT_ONCE: Final = 20
MEASURED: Final = "meridian:route:measured:{}"
LOAD: Final = "meridian:route:load:{}"


class Traffic:
    """Measures of networks and bytes under way, as all processes together know them."""

    def __init__(self) -> None:
        self._measures = Measures()
        self._is_away = False
        self._unsent: dict[tuple[str, UUID], Measure] = {}
        self._given: Counter[UUID] = Counter()
        self._load: Counter[UUID] = Counter()
        self._followed: OrderedDict[str, None] = OrderedDict()
        self._reports: Counter[str] = Counter()

    def give(self, server_id: UUID, size: int) -> None:
        """Count the bytes of a link."""
        self._given[server_id] += size
        self._load[server_id] += size

    def load(self, server_id: UUID) -> int:
        """Bytes of the links that were given out a moment ago."""
        return self._load[server_id]

    def felt(self, place: Place) -> Mapping[UUID, Felt]:
        """How the client's network feels the servers now."""
        network = network_of(place)
        if network is not None:
            self._followed[network] = None
            self._followed.move_to_end(network)
            if len(self._followed) > MOST_FOLLOWED:
                self._followed.popitem(last=False)
        return self._measures.felt(network, time.time())

    def report(self, place: Place, server_id: UUID, report: Report) -> None:
        """Take a report of a client in; TOO_MANY_REQUESTS."""
        network = network_of(place)
        if network is None or self._is_away:
            return
        self._reports[network] += 1
        if self._reports[network] > REPORTS_AT_ONCE:
            raise MeridianError(TOO_MANY_REQUESTS, retry_after=1)
        measure = self._measures.note(network, server_id, report, time.time())
        self._unsent[network, server_id] = measure

    async def follow(self, redis: Redis) -> None:
        """Exchange what is known for ever."""
        while True:
            self._reports.clear()
            try:
                await self.exchange(redis)
            except (RedisError, OSError) as error:
                self._lose(error)
            await asyncio.sleep(EXCHANGE_SECONDS)

    async def exchange(self, redis: Redis) -> None:
        """Send what is new here, and read what the others know."""
        networks, span = list(self._followed), int(time.time()) // SPAN_SECONDS
        async with redis.pipeline(transaction=False) as pipe:
            self._send(pipe, span)
            writes = len(pipe.command_stack)
            for number in range(SPANS):
                pipe.hgetall(LOAD.format(span - number))
            for network in networks:
                pipe.hgetall(MEASURED.format(network))
            answers = (await pipe.execute())[writes:]
        self._is_away = False
        self._take_load(answers[:SPANS])
        self._take_measures(dict(zip(networks, answers[SPANS:], strict=True)))

    def _send(self, pipe: Pipeline, span: int) -> None:
        """Put what the others do not know yet into the pipeline."""
        for (network, server_id), measure in self._unsent.items():
            key = MEASURED.format(network)
            pipe.hset(key, str(server_id), _write(measure))
            pipe.expire(key, int(FORGET_SECONDS))
        for server_id, size in self._given.items():
            pipe.hincrby(LOAD.format(span), str(server_id), size)
        pipe.expire(LOAD.format(span), SPANS * SPAN_SECONDS)
        self._unsent = {}
        self._given = Counter()

    def _take_load(self, spans: list[dict[str, str]]) -> None:
        # What was given while they were read is not among them.
        self._load = self._given.copy()
        for span in spans:
            self._load.update({UUID(name): int(size) for name, size in span.items()})

    def _take_measures(self, answers: dict[str, dict[str, str]]) -> None:
        newer = {network for network, _ in self._unsent}
        for network in answers.keys() - newer:
            self._measures.learn(network, _read(answers[network]))

    def _lose(self, error: Exception) -> None:
        if not self._is_away:
            log.warning("traffic.without_redis", error=repr(error))
        self._is_away = True
        self._measures.forget()
        self._unsent.clear()
        self._load.clear()
        self._given.clear()


def _write(measure: Measure) -> bytes:
    return orjson.dumps((measure.ttfb_ms, measure.mib_ms, measure.at))


def _read(answer: dict[str, str]) -> dict[UUID, Measure]:
    return {UUID(name): Measure(*orjson.loads(text)) for name, text in answer.items()}
