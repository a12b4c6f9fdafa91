"""Counts that all processes share, in Redis: by its clock, and one key a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from shared.throttle.counts import LONGEST_ATTEMPT, PENDING_SECONDS

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from shared.throttle.lanes import Lane

PREFIX: Final = "meridian:throttle:"
MILLISECONDS: Final = 1000
# The same as in shared.throttle.counts; times in milliseconds.
READ: Final = f"""
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'failures', 'pending', 'closed_until', 'seen_at')
local failures, pending = tonumber(kept[1] or 0), tonumber(kept[2] or 0)
local closed_until, seen_at = tonumber(kept[3] or 0), tonumber(kept[4] or 0)
if seen_at + {LONGEST_ATTEMPT * MILLISECONDS:.0f} <= now then pending = 0 end
local free, at_once, first, longest, forget = unpack(ARGV)
free, at_once = tonumber(free), tonumber(at_once)
"""
BEGIN: Final = f"""{READ}
if now < closed_until then return closed_until - now end
local room = 1
if failures < free then room = at_once end
if pending >= room then return {PENDING_SECONDS * MILLISECONDS:.0f} end
redis.call('HSET', KEYS[1], 'pending', pending + 1, 'seen_at', now)
redis.call('PEXPIRE', KEYS[1], forget)
return 0
"""
END: Final = f"""{READ}
redis.call('HSET', KEYS[1], 'pending', math.max(0, pending - 1))
if ARGV[6] == '1' then
    local wait, paid = 0, failures + 1 - free
    if paid > 0 then wait = math.min(longest, first * 2 ^ math.min(paid - 1, 40)) end
    closed_until = now + math.floor(wait)
    redis.call('HSET', KEYS[1],
        'failures', failures + 1, 'closed_until', closed_until, 'seen_at', now)
end
redis.call('PEXPIRE', KEYS[1], forget)
"""


class RedisCounts:
    """Counts attempts in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._begin = redis.register_script(BEGIN)
        self._end = redis.register_script(END)

    async def begin(self, lane: Lane) -> float:
        """Let an attempt begin and return 0, or the seconds that it has to wait."""
        wait: Any = await self._begin(keys=[PREFIX + lane.name], args=arguments(lane))
        return float(wait) / MILLISECONDS

    async def end(self, lane: Lane, *, has_failed: bool) -> None:
        """Say how an attempt that began has ended."""
        await self._end(keys=[PREFIX + lane.name], args=[*arguments(lane), int(has_failed)])


def arguments(lane: Lane) -> list[int]:
    """Write the rule of a lane for the scripts."""
    rule = lane.rule
    times = (int(one * MILLISECONDS) for one in (rule.first, rule.longest, rule.forget))
    return [rule.free, rule.at_once, *times]
