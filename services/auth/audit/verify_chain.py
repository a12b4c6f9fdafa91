"""Checks the audit from its first line to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.auth.audit.entries import find_head, read_chain
from shared.ledger import GENESIS, Link, follow

if TYPE_CHECKING:
    from shared.db import Connection, Pool

BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Verdict:
    """The last good link, and the number of the first row that is broken or missing."""

    last: Link
    broken: int | None


async def verify_chain(db: Pool, known: Link = GENESIS) -> Verdict:
    """Check all entries, and that a link of before is still one of theirs.

    In one transaction that sees one state of the database.
    """
    async with (
        db.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        verdict = await _follow(connection, known)
        if verdict.broken is not None:
            return verdict
        ends = (await find_head(connection), known)
    is_short = any(verdict.last.number < end.number for end in ends) or ends[0] != verdict.last
    return Verdict(verdict.last, verdict.last.number + 1 if is_short else None)


async def _follow(db: Connection, known: Link) -> Verdict:
    last = GENESIS
    while rows := await read_chain(db, last.number, BATCH):
        replaced = [link for link, _ in rows if link.number == known.number and link != known]
        last, broken = follow(last, rows)
        if broken is not None or replaced:
            return Verdict(last, known.number if broken is None else broken)
    return Verdict(last, None)
