"""Which exceptions mean that something we stand on is away."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Final

import aiohttp
import asyncpg
from redis.exceptions import DataError, RedisError

from shared.errors import (
    DATABASE_UNAVAILABLE,
    REDIS_UNAVAILABLE,
    STORE_UNAVAILABLE,
    MeridianError,
)
from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from shared.errors import Problem

# Whatever else asyncpg raises is a fault of ours and stays a 500.
DATABASE: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.InvalidAuthorizationSpecificationError,
)
STORE: Final = (StoreError, aiohttp.ClientError)


def outage_of(error: Exception) -> MeridianError | None:
    """Translate an exception into a 503, or tell that it is no outage."""
    problem = _problem_of(error)
    return MeridianError(problem) if problem else None


def _problem_of(error: Exception) -> Problem | None:
    if isinstance(error, DATABASE) or _is_lost_connection(error) or _is_network_of_asyncpg(error):
        return DATABASE_UNAVAILABLE
    if isinstance(error, RedisError) and not isinstance(error, DataError):
        return REDIS_UNAVAILABLE
    if isinstance(error, STORE):
        return STORE_UNAVAILABLE
    return None


def _is_lost_connection(error: Exception) -> bool:
    # asyncpg has one class for a connection that closed under us and for wrong use of it.
    return isinstance(error, asyncpg.InterfaceError) and "clos" in str(error)


def _is_network_of_asyncpg(error: Exception) -> bool:
    # It lets the operating system's errors and timeouts through, so we look where they come from.
    if not isinstance(error, OSError):
        return False
    frames = traceback.walk_tb(error.__traceback__)
    return any(frame.f_globals.get("__package__") == "asyncpg" for frame, _ in frames)
