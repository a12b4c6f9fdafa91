"""Ports of the loopback address for this process, which no other worker of these tests takes."""

from __future__ import annotations

import os
import secrets
from itertools import cycle
from typing import Final

from services.local.process.ports import is_free

# Below those that systems hand out for connections, and servers that take any; so whoever asks the
# system meanwhile does not get it. Local stacks take theirs from 20000 to 31999.
PORTS: Final = range(10_000, 20_000)


def share_of(ports: range) -> range:
    """The part of these ports that is this worker's: those that start together do not meet."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    size = len(ports) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return ports[worker * size : (worker + 1) * size]


# In any order, for another run may go on beside this one; and each once before one comes again,
# for whoever has a port need not listen on it yet.
_OWN: Final = cycle(secrets.SystemRandom().sample(share_of(PORTS), len(share_of(PORTS))))


def free_port() -> int:
    """The next port that nobody listens on now."""
    return next(port for port in _OWN if is_free(port))
