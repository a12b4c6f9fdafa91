"""What is asked of the catalog for each copy, and for many copies at the same time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from services.replicator.catalog.claims import claim_copies
from services.replicator.catalog.finishing import finish_copies
from services.replicator.catalog.holdings import find_holdings
from shared.grouped import Grouped

if TYPE_CHECKING:
    from uuid import UUID

    from services.replicator.catalog.claims import Asked, Claim
    from services.replicator.catalog.finishing import Arrived
    from services.replicator.catalog.holdings import Held
    from shared.db import Pool


@dataclass(frozen=True, slots=True)
class Questions:
    """Each is called for one copy, and goes to PostgreSQL together with those of others."""

    find_holdings: Grouped[tuple[UUID, UUID], Held | None]
    claim_copies: Grouped[Asked, list[Claim]]
    finish_copies: Grouped[Arrived, str | None]


def questions_to(pool: Pool, lease_seconds: float) -> Questions:
    """Ask a database."""
    return Questions(
        find_holdings=Grouped(partial(find_holdings, pool)),
        claim_copies=Grouped(partial(claim_copies, pool, lease_seconds=lease_seconds)),
        finish_copies=Grouped(partial(finish_copies, pool)),
    )
