"""Redis: a client that says at once when it cannot, and leaves trying again to its user."""

from __future__ import annotations

from typing import Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

CONNECT_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 2.0


def open_redis(url: str, *, answer_seconds: float = ANSWER_SECONDS) -> Redis:
    """Open a client; `answer_seconds` has to be longer than any BLOCK it is used with."""
    return Redis.from_url(
        url,
        decode_responses=True,
        # Whoever writes nonsense into a stream must not stop its readers.
        encoding_errors="replace",
        protocol=2,
        socket_timeout=answer_seconds,
        socket_connect_timeout=CONNECT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        # Else each connection reads its library's version from the disk, to tell it Redis.
        driver_info=None,
    )
