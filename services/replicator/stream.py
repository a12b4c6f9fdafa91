"""A Redis Stream with consumer groups: a doorbell, whose loss costs latency and nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from time import time
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from redis.exceptions import ResponseError

from shared.events import NEWS_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from redis.asyncio import Redis

START = "0-0"
PAGE = 100
LONGEST_IDLE_MS = 3_600_000
# What could not be handled is kept beside the stream for a look, the last of it.
ASIDE_LENGTH = 1000


class GroupMissing(Exception):
    """The stream or its group is gone, as after FLUSHALL."""


class Entry(NamedTuple):
    """One entry of a stream; bytes that are no UTF-8 were replaced."""

    id: str
    fields: Mapping[str, str]


class Stream:  # noqa: WPS214 a method for each thing one does with a stream
    """A stream as one consumer group sees it. Every call raises RedisError while Redis is away."""

    def __init__(self, redis: Redis, name: str, group: str) -> None:
        self._redis = redis
        self._name = name
        self._group = group

    @property
    def bulk(self) -> Stream:
        """The stream `<name>:bulk`, for what may wait."""
        return Stream(self._redis, f"{self._name}:bulk", self._group)

    async def add(self, entries: Iterable[Mapping[str, str]]) -> None:
        """Append entries, in one round trip."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for fields in entries:
                pipe.xadd(self._name, cast("dict[Any, Any]", fields))
            await pipe.execute()

    async def add_news(self, entries: Iterable[Mapping[str, str]]) -> None:
        """Append entries to the stream `<name>:news`, which keeps the last of them for anybody."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for fields in entries:
                pipe.xadd(f"{self._name}:news", cast("dict[Any, Any]", fields), maxlen=NEWS_LENGTH)
            await pipe.execute()

    async def ensure_group(self) -> None:
        """Create the stream and the group, from its first entry on, unless they are there."""
        try:
            await self._redis.xgroup_create(self._name, self._group, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def read(self, consumer: str, count: int, block_seconds: float) -> list[Entry]:
        """Up to `count` entries nobody has read, after waiting for the first; GroupMissing."""
        milliseconds = int(block_seconds * 1000)
        return await self._read(consumer, ">", count, milliseconds)

    async def read_again(self, consumer: str) -> list[Entry]:
        """All entries that were handed to this consumer and not acknowledged; GroupMissing."""
        return await self._read(consumer, START)

    async def read_after(self, last: str | float, block_seconds: float) -> list[Entry]:
        """What came behind an entry, or in these seconds, for whoever only listens."""
        since = last if isinstance(last, str) else f"{int((time() - last) * 1000)}-0"
        following: dict[Any, Any] = {self._name: since}
        milliseconds = int(block_seconds * 1000)
        return _entries(await self._redis.xread(following, count=PAGE, block=milliseconds))

    async def acknowledge(self, ids: Sequence[str]) -> None:
        """Note that these entries are done with."""
        await self._redis.xack(self._name, self._group, *ids)

    async def keep(self, consumer: str, ids: Sequence[str]) -> None:
        """Say that these entries are still being worked on, so that nobody takes them over."""
        with _group_errors():
            await self._redis.xclaim(self._name, self._group, consumer, 0, list(ids), justid=True)

    async def take_over(self, consumer: str, idle_seconds: float, count: int) -> list[Entry]:
        """Up to `count` entries read at least `idle_seconds` ago and left; GroupMissing."""
        taken: list[Entry] = []
        cursor = START
        while len(taken) < count:
            with _group_errors():
                cursor, entries, *_ = await self._redis.xautoclaim(
                    self._name,
                    self._group,
                    consumer,
                    int(idle_seconds * 1000),
                    cursor,
                    count=count - len(taken),
                )
            taken += [Entry(entry_id, fields or {}) for entry_id, fields in entries]
            if cursor == START:
                break
        return taken

    async def deliveries(self, entry_id: str) -> int:
        """How many times an entry that nobody has acknowledged was handed out."""
        pending = await self._redis.xpending_range(
            self._name, self._group, entry_id, entry_id, count=1
        )
        return int(pending[0]["times_delivered"]) if pending else 0

    async def set_aside(self, entry: Entry, reason: str) -> None:
        """Keep an entry nobody can handle in the stream `<name>:aside`."""
        fields: dict[Any, Any] = {**entry.fields, "aside_id": entry.id, "aside_reason": reason}
        await self._redis.xadd(f"{self._name}:aside", fields, maxlen=ASIDE_LENGTH)

    async def trim(self, keep_seconds: float) -> int:
        """Drop entries that every group is done with and that are older than `keep_seconds`.

        Never by length: that drops what was read and not acknowledged, too.
        """
        oldest = [_parse(f"{int((time() - keep_seconds) * 1000)}-0")]
        for group in await self._redis.xinfo_groups(self._name):
            pending = await self._redis.xpending(self._name, group["name"])
            oldest.append(_parse(pending["min"] or group["last-delivered-id"]))
        milliseconds, number = min(oldest)
        oldest_kept = f"{milliseconds}-{number}"
        return int(await self._redis.xtrim(self._name, minid=oldest_kept, approximate=False))

    async def forget_consumers(self) -> None:
        """Drop consumers of this group that left nothing behind and were not seen for an hour."""
        for consumer in await self._redis.xinfo_consumers(self._name, self._group):
            if not consumer["pending"] and consumer["idle"] > LONGEST_IDLE_MS:
                await self._redis.xgroup_delconsumer(self._name, self._group, consumer["name"])

    async def _read(
        self, consumer: str, start: str, count: int | None = None, block: int | None = None
    ) -> list[Entry]:
        with _group_errors():
            answer = await self._redis.xreadgroup(
                self._group, consumer, {self._name: start}, count=count, block=block
            )
        return _entries(answer)


def _entries(answer: Any) -> list[Entry]:
    return [
        Entry(entry_id, fields or {}) for _, entries in answer or () for entry_id, fields in entries
    ]


def _parse(entry_id: str) -> tuple[int, int]:
    milliseconds, _, number = entry_id.partition("-")
    return int(milliseconds), int(number or 0)


@contextmanager
def _group_errors() -> Iterator[None]:
    try:
        yield
    except ResponseError as error:
        if str(error).startswith(("NOGROUP", "UNBLOCKED")):
            raise GroupMissing(str(error)) from error
        raise
