"""Starts one more city beside a running stack, from another terminal."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Any, Final

from services.local.run.home import LocalError
from services.local.run.lock import pid_of_stack
from services.local.run.run_file import server_of
from services.local.run.secret import kept_secret
from services.local.servers.more_cities import forget_city, remember_city

if TYPE_CHECKING:
    from services.local.run.home import Home
    from services.local.servers.cities import City

START_SECONDS: Final = 30
POLL_SECONDS: Final = 0.1
REGION: Final = "us-east-1"


def add_city(home: Home, city: City) -> dict[str, object]:
    """Have the stack of a home start a city; what `POST /servers` needs. LocalError when not."""
    stack = pid_of_stack(home)
    if not stack:
        raise LocalError(f"nothing runs from {home.folder}; start it with `make run`")
    remember_city(home, city)
    os.kill(stack, signal.SIGUSR2)
    return _wanted(home, city, _wait_for(home, city))


def _wait_for(home: Home, city: City) -> dict[str, Any]:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = server_of(home, city.name)
        if found is not None:
            return found
        time.sleep(POLL_SECONDS)
    forget_city(home, city.name)
    raise LocalError(f"{city.title} did not come up; see {home.logs}")


def _wanted(home: Home, city: City, found: dict[str, Any]) -> dict[str, object]:
    return {
        "name": city.name,
        "endpoint": found["endpoint"],
        "public_endpoint": found["endpoint"],
        "region": REGION,
        "bucket": found["bucket"],
        "access_key": found["access_key"],
        "secret_key": found["secret_key"],
        "hook_secret": kept_secret(home, f"hook-{city.name}"),
        "city": city.title,
        "zone": city.zone,
        "latitude": city.latitude,
        "longitude": city.longitude,
    }
