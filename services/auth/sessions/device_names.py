"""What people call a device: `Firefox on Linux`, read out of the User-Agent."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

REMEMBERED: Final = 1024
UNKNOWN: Final = "Unknown device"

# Browsers imitate each other, so the first that fits counts: whoever names others comes earlier.
PROGRAMS: Final = (
    ("Edge", "Edg(?:e|A|iOS)?/"),
    ("Opera", "OPR/|Opera"),
    ("Yandex Browser", "YaBrowser/"),
    ("Samsung Internet", "SamsungBrowser/"),
    ("Vivaldi", "Vivaldi/"),
    ("Firefox", "Firefox/|FxiOS/"),
    ("Chrome", "(?:Headless)?Chrome/|CriOS/"),
    ("Safari", "Version/[0-9.]+ (?:Mobile/[0-9A-Z]+ )?Safari/"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("ChromeOS", "CrOS"),
    ("Windows", "Windows"),
    ("macOS", "Macintosh|Mac OS X"),
    ("Linux", "Linux|X11"),
)
# A program that is no browser says its name first: `curl/8.5.0`.
NAMED: Final = re.compile("([A-Za-z][A-Za-z0-9 ._-]{0,39})(?:/|$)")
BROWSER: Final = "Mozilla"


@lru_cache(REMEMBERED)
def name_device(user_agent: str) -> str:
    """Name the program and the system, as far as they can be told."""
    system = _first(SYSTEMS, user_agent)
    program = _first(PROGRAMS, user_agent) or _named(user_agent)
    if program and system:
        return f"{program} on {system}"
    return program or system or UNKNOWN


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for name, sign in table if re.search(sign, user_agent)), "")


def _named(user_agent: str) -> str:
    match = NAMED.match(user_agent)
    return match[1].strip() if match and match[1] != BROWSER else ""
