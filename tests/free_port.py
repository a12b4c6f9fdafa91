"""A port of the loopback address that nobody listens on now."""

from __future__ import annotations

import secrets
from typing import Final

from services.local.process.ports import is_free

# Below those that systems hand out for connections, and servers that take any; so whoever asks the
# system meanwhile does not get it. Local stacks take theirs from 20000 to 31999.
PORTS: Final = range(10_000, 20_000)


def free_port() -> int:
    """Pick one at random; another test may still take it first, one time in thousands."""
    while not is_free(port := secrets.choice(PORTS)):
        continue
    return port
