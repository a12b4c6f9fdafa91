"""A name beside those that are taken: "report (2).pdf"."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from secrets import randbelow
from typing import TYPE_CHECKING, Final, TypeVar

from asyncpg import UniqueViolationError

from services.storage.files.folders import name_taken
from services.storage.files.names import LONGEST_NAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from shared.db import Connection, Pool

Outcome = TypeVar("Outcome")

TRIES: Final = 25
# Whoever lost so often is among many, and would lose again.
LOSSES_WITHOUT_GAPS: Final = 5
AT_ONCE: Final = 50
LONGEST_ENDING: Final = 16

LIST_TAKEN: Final = """
SELECT name FROM storage.files
WHERE owner_id = $1 AND folder_id IS NOT DISTINCT FROM $2 AND name = ANY($3::text[])
    AND deleted_at IS NULL AND trashed_at IS NULL
UNION ALL
SELECT name FROM storage.folders
WHERE owner_id = $1 AND parent_id IS NOT DISTINCT FROM $2 AND name = ANY($3::text[])
    AND deleted_at IS NULL AND trashed_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Slot:
    """A name in a folder of somebody."""

    owner_id: UUID
    folder_id: UUID | None
    name: str


async def put(
    pool: Pool, slot: Slot, attempt: Callable[[str], Awaitable[Outcome]], *, may_rename: bool
) -> Outcome:
    """Try it with the name, then with another or not at all: FILE_EXISTS, FOLDER_EXISTS.

    Each attempt is a transaction of its own.
    """
    name, tries_left = slot.name, TRIES
    while True:
        try:
            return await attempt(name)
        except UniqueViolationError as error:
            tries_left -= 1
            if not (may_rename and tries_left):
                raise name_taken(error) from error
        # A few take the next numbers in turn; the more there are, the further apart they look.
        spread = max(1, TRIES - tries_left - LOSSES_WITHOUT_GAPS)
        name = await find_free_name(pool, slot, randbelow(spread))


async def find_free_name(db: Connection | Pool, slot: Slot, skipped: int = 0) -> str:
    """The name, if need be with the least number that makes it free; it may be taken next.

    So many free ones are skipped.
    """
    for first in count(1, AT_ONCE):
        wanted = [numbered(slot.name, number) for number in range(first, first + AT_ONCE)]
        rows = await db.fetch(LIST_TAKEN, slot.owner_id, slot.folder_id, wanted)
        taken = {row["name"] for row in rows}
        free = [candidate for candidate in wanted if candidate not in taken]
        if free:
            return free[min(skipped, len(free) - 1)]
    raise AssertionError("numbers do not end")


def numbered(name: str, number: int) -> str:
    """Put a number before the ending, within the bytes a name may have; 1 is the name itself."""
    if number == 1:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    tail = f" ({number}){dot}{ending}"
    room = LONGEST_NAME_BYTES - len(tail.encode())
    return f"{stem.encode()[:room].decode(errors='ignore')}{tail}"
