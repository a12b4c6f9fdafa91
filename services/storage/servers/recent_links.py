"""How many links this process gave out for each server in the last minute."""

from __future__ import annotations

from collections import Counter, deque
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID

WINDOW_SECONDS: Final = 60.0


class RecentLinks:
    """Counts links, and forgets those that are older than a minute."""

    def __init__(self) -> None:
        self._given: deque[tuple[float, UUID]] = deque()
        self._counts: Counter[UUID] = Counter()

    def add(self, server_id: UUID) -> None:
        """Count a link that was given out now."""
        self._given.append((monotonic(), server_id))
        self._counts[server_id] += 1

    def forget(self) -> None:
        """Take off what is old."""
        oldest = monotonic() - WINDOW_SECONDS
        while self._given and self._given[0][0] < oldest:
            self._counts[self._given.popleft()[1]] -= 1

    def count(self, server_id: UUID) -> int:
        """How many there were for a server, when the old ones were last taken off."""
        return self._counts[server_id]
