"""People as other people see them: their names, found only by who knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.auth.accounts.names import fold, fold_address

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from asyncpg import Record

    from shared.db import Connection, Pool

COLUMNS: Final = "users.id, users.username, users.first_name, users.last_name"

FIND_BY_USERNAME: Final = f"""
SELECT {COLUMNS} FROM auth.users WHERE users.username_key = $1 AND users.is_active
"""
FIND_BY_EMAIL: Final = f"""
SELECT {COLUMNS} FROM auth.users WHERE users.email_key = $1 AND users.is_active
"""
LIST_NAMES: Final = f"""
SELECT {COLUMNS} FROM auth.users WHERE users.id = ANY ($1::uuid[]) ORDER BY users.username_key
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by name."""

    id: UUID
    username: str
    first_name: str
    last_name: str


async def find_by_username(db: Connection | Pool, username: str) -> Person | None:
    """Somebody who may sign in, by username in any case."""
    return _read(await db.fetchrow(FIND_BY_USERNAME, fold(username)))


async def find_by_email(db: Connection | Pool, email: str) -> Person | None:
    """Somebody who may sign in, by e-mail address in any case."""
    return _read(await db.fetchrow(FIND_BY_EMAIL, fold_address(email)))


async def list_names(db: Connection | Pool, ids: Sequence[UUID]) -> list[Person]:
    """Those of these users that there are."""
    return [Person(**row) for row in await db.fetch(LIST_NAMES, ids)]


def _read(row: Record | None) -> Person | None:
    return None if row is None else Person(**row)
