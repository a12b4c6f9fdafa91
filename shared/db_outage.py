"""Is PostgreSQL away, or was the question wrong? What is final is listed, all else may pass."""

from __future__ import annotations

import re
import traceback
from typing import TYPE_CHECKING, Final

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Iterator

# Whatever a statement can end with, for loops that go on with the next one.
DATABASE_ERRORS: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)
# Classes of SQLSTATE that are about the statement or its data.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
OF_STATEMENT: Final = re.compile("0[AFLPZ]|2[0-7BDF]|3[489BF]|4[24]|54|P0")
PASSING: Final = (
    asyncpg.ReadOnlySQLTransactionError,  # the primary has become a standby
    asyncpg.InvalidCachedStatementError,  # a table was changed under a prepared statement
)
# Lost connections and wrong use have one class: the first tell that something was closed.
CLOSED: Final = "clos"


def is_database_away(error: BaseException) -> bool:
    """Tell whether the same call may go well a little later."""
    return any(_is_outage(one) for one in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """What asyncpg raised, and what it was dealing with when it did."""
    one: BaseException | None = error
    while one is not None:
        yield one
        one = one.__context__ if isinstance(one, asyncpg.InterfaceError) else None


def _is_outage(error: BaseException) -> bool:
    if isinstance(error, asyncpg.PostgresError):
        return isinstance(error, PASSING) or not OF_STATEMENT.match(error.sqlstate or "")
    if isinstance(error, asyncpg.InterfaceError):
        return CLOSED in str(error) and not isinstance(error, ValueError)
    if isinstance(error, OSError):
        # Errors of the operating system and timeouts come through as they are.
        frames = traceback.walk_tb(error.__traceback__)
        return any(frame.f_globals.get("__package__") == "asyncpg" for frame, _ in frames)
    return isinstance(error, asyncpg.InternalClientError)
