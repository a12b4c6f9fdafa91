"""What an operator does with the history from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.history.verify_chain import verify_chain
from shared.ledger import GENESIS, read_link
from shared.pooler import open_database

if TYPE_CHECKING:
    from services.storage.history.verify_chain import Finding
    from shared.env import SharedSettings

POOL_SIZE = 2


class BrokenHistory(Exception):
    """The history is not as it was written; says where."""


async def verify_history(shared: SharedSettings, kept_months: int, known: str) -> str:
    """Check the history and say where it ends; BrokenHistory, ValueError for a bad `known`.

    `known` is an end of before, which must still be in it; empty for none.
    """
    link = read_link(known) if known else GENESIS
    pool = await open_database(shared, max_size=POOL_SIZE, name="verify-history")
    try:
        finding = await verify_chain(pool, kept_months, link)
    finally:
        await pool.close()
    return _say(finding)


def _say(finding: Finding) -> str:
    if finding.verdict.broken is not None:
        row = finding.verdict.broken
        raise BrokenHistory(f"the history is broken: row {row} was changed or is missing")
    if finding.unknown is not None:
        raise BrokenHistory(f"the history is broken: action {finding.unknown} was put in")
    waiting = f", {finding.waiting} wait to be chained" if finding.waiting else ""
    return f"the history is whole and ends with {finding.verdict.last}{waiting}"
