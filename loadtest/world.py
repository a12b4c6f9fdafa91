"""Where people are: addresses of universities and carriers that geolocate to their cities.

Nothing is ever sent to these addresses; they go into the X-Fake-IP header.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """A city and an address in it."""

    city: str
    ip: str


AMERICAS = (
    Origin("New York", "128.59.1.1"),
    Origin("Toronto", "128.100.1.1"),
    Origin("Mexico City", "132.248.10.1"),
    Origin("Stanford", "171.64.1.1"),
    Origin("São Paulo", "143.107.1.1"),
)
ASIA = (
    Origin("Vladivostok", "81.2.1.1"),
    Origin("Khabarovsk", "92.37.128.1"),
    Origin("Tokyo", "133.11.0.1"),
    Origin("Taipei", "140.112.1.1"),
    Origin("Singapore", "137.132.1.1"),
)
AFRICA_AND_EUROPE = (
    Origin("Cape Town", "137.158.1.1"),
    Origin("Johannesburg", "146.141.1.1"),
    Origin("Nairobi", "41.204.160.1"),
    Origin("London", "138.40.1.1"),
    Origin("Moscow", "193.232.113.1"),
)
WORLD = (AMERICAS, ASIA, AFRICA_AND_EUROPE)


def somewhere() -> Origin:
    """Draw a place; every part of the world is as likely as the others."""
    return random.choice(random.choice(WORLD))
