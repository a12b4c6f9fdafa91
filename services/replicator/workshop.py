"""What every job of this process works with."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from services.replicator.settings import ReplicatorSettings
    from shared.db import Pool
    from shared.events import Event
    from shared.stores.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """`announce` tells live pages of an event; `wake` has the sweep look in so many seconds."""

    pool: Pool
    stores: Stores
    settings: ReplicatorSettings
    name: str
    announce: Callable[[Event], None]
    wake: Callable[[float], None]
    # Servers that are being copied to alone, because they hold others up.
    alone: Counter[UUID] = field(default_factory=Counter)
