"""How many hints without a secret a server may send: some S3 servers cannot send one.

Such a hint can come from anybody. All it can do is have us look for an upload whose key nobody
else knows, so what is limited is how often we look.
"""

from __future__ import annotations

from collections import defaultdict
from time import monotonic

from shared.errors import TOO_MANY_REQUESTS, MeridianError

PER_SECOND = 50.0
AT_ONCE = 200.0


class Hints:
    """A bucket of tokens for every server, filled at a steady rate."""

    def __init__(self) -> None:
        self._left: defaultdict[str, float] = defaultdict(lambda: AT_ONCE)
        self._filled_at: defaultdict[str, float] = defaultdict(monotonic)

    def spend(self, server_name: str) -> None:
        """Take one token; TOO_MANY_REQUESTS when there is none."""
        now = monotonic()
        since = now - self._filled_at[server_name]
        left = min(AT_ONCE, self._left[server_name] + since * PER_SECOND)
        self._filled_at[server_name] = now
        if left < 1:
            self._left[server_name] = left
            raise MeridianError(TOO_MANY_REQUESTS, retry_after=1)
        self._left[server_name] = left - 1
