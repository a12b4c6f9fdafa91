"""Where a client is: address → place, from a GeoIP2 City file or a flat mmdb file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import maxminddb
from geoip2.models import City

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from shared.addresses import Address

Mode = Literal["real", "fake", "drawn"]


class GeoFileError(Exception):
    """A configured geolocation file cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a client is taken to be, in degrees, and how that was found out.

    `real`: by the address it came from; `fake`: by an address it, or a setting, named instead;
    `drawn`: one of our cities, as good as any.
    """

    mode: Mode
    ip: Address | None = None
    city: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class Atlas:
    """The geolocation files; an address is looked up in the first that knows its family."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._readers = [_open(path) for path in paths]

    def find_place(self, ip: Address, mode: Mode) -> Place:
        """Look an address up; a place without coordinates when no file knows it."""
        for reader in self._readers:
            if ip.version == 6 and reader.metadata().ip_version == 4:
                continue
            entry = reader.get(ip)
            if isinstance(entry, dict):
                return _place(entry, ip, mode)
        return Place(mode=mode, ip=ip)

    def close(self) -> None:
        """Close the files."""
        for reader in self._readers:
            reader.close()


def _open(path: Path) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(path)
    except (OSError, maxminddb.InvalidDatabaseError) as error:
        raise GeoFileError(f"MERIDIAN_GEOIP_DB: cannot read {path.name}: {error}") from error


def _place(entry: dict[str, Any], ip: Address, mode: Mode) -> Place:
    if "location" in entry or isinstance(entry.get("city"), dict):
        found = City(["en"], **entry)
        return Place(
            mode=mode,
            ip=ip,
            city=found.city.name,
            country=found.country.iso_code,
            latitude=found.location.latitude,
            longitude=found.location.longitude,
        )
    return Place(
        mode=mode,
        ip=ip,
        city=entry.get("city"),
        country=entry.get("country_code"),
        latitude=entry.get("latitude"),
        longitude=entry.get("longitude"),
    )
