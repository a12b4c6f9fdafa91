"""Cities that were added to a home beside the first three; they come up with it."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from services.local.run.home import LocalError
from services.local.servers.cities import CITIES, City

if TYPE_CHECKING:
    from services.local.run.home import Home

CITIES_FILE: Final = "cities.json"
NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,30}[a-z0-9]")


def all_cities(home: Home) -> tuple[City, ...]:
    """The first three, and those that were added."""
    return (*CITIES, *_added(home))


def is_added(city: City) -> bool:
    """Whether a city is none of the first three."""
    return city not in CITIES


def remember_city(home: Home, city: City) -> None:
    """Add a city, unless it is there; LocalError when its name is taken or says nothing."""
    if not NAME.fullmatch(city.name):
        raise LocalError(
            f"{city.name!r} is no name of a city: 3 to 32 small letters, digits and hyphens"
        )
    same = [known for known in all_cities(home) if known.name == city.name]
    if same and same != [city]:
        raise LocalError(f"there is a city {city.name} already, and it is another one")
    if not same:
        _write(home, [*_added(home), city])


def forget_city(home: Home, name: str) -> None:
    """Take back a city that could not be started."""
    _write(home, [city for city in _added(home) if city.name != name])


def _added(home: Home) -> list[City]:
    kept: Any = home.read(CITIES_FILE).get("cities", [])
    return [City(**city) for city in kept]


def _write(home: Home, cities: list[City]) -> None:
    home.write(CITIES_FILE, {"cities": [asdict(city) for city in cities]})
