"""How many copies a server takes at once: fewer after it asked for that, and slowly more again."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from uuid import UUID

# With so many at once it is as good as not limited.
MOST: Final = 64


class Rooms:
    """Half as many after each "slow down", one more after as many that went well."""

    def __init__(self) -> None:
        self._under_way: Counter[UUID] = Counter()
        self._limits: dict[UUID, float] = {}

    def has_room(self, server_id: UUID) -> bool:
        """Whether one more copy may begin."""
        limit = self._limits.get(server_id)
        return limit is None or self._under_way[server_id] < int(limit)

    def full(self) -> list[UUID]:
        """Servers that take no more now."""
        return [server_id for server_id in self._limits if not self.has_room(server_id)]

    @contextmanager
    def taken(self, server_ids: Collection[UUID]) -> Iterator[None]:
        """Count copies that are under way."""
        self._under_way.update(server_ids)
        try:
            yield
        finally:
            self._under_way.subtract(server_ids)

    def is_limited(self, server_id: UUID) -> bool:
        """Whether it asked for less lately."""
        return server_id in self._limits

    def slow_down(self, server_id: UUID) -> None:
        """It asked for less."""
        at_once = self._under_way[server_id]
        limit = min(at_once, self._limits.get(server_id, at_once))
        self._limits[server_id] = max(1, limit / 2)

    def went_well(self, server_id: UUID) -> None:
        """It took a copy."""
        limit = self._limits.get(server_id)
        if limit is None:
            return
        if limit >= MOST:
            del self._limits[server_id]
        else:
            self._limits[server_id] = limit + 1 / limit
