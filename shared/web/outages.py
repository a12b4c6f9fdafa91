"""Which exceptions mean that something we stand on is away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aiohttp
from redis.exceptions import DataError, RedisError

from shared.db_outage import is_database_away
from shared.errors import (
    DATABASE_UNAVAILABLE,
    REDIS_UNAVAILABLE,
    STORE_UNAVAILABLE,
    MeridianError,
)
from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from shared.errors import Problem

STORE: Final = (StoreError, aiohttp.ClientError)


def outage_of(error: Exception) -> MeridianError | None:
    """Translate an exception into a 503, or tell that it is no outage."""
    problem = _problem_of(error)
    return MeridianError(problem) if problem else None


def _problem_of(error: Exception) -> Problem | None:
    if is_database_away(error):
        return DATABASE_UNAVAILABLE
    if isinstance(error, RedisError) and not isinstance(error, DataError):
        return REDIS_UNAVAILABLE
    if isinstance(error, STORE):
        return STORE_UNAVAILABLE
    return None
