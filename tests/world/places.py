"""Addresses near our cities: in a geolocation file small enough for a test, and real ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmdb_writer import MMDBWriter
from netaddr import IPSet

if TYPE_CHECKING:
    from pathlib import Path

BOSTON, TOKYO, JOBURG, NOWHERE = "203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.99"
POINTS = {
    BOSTON: ("Boston", 42.36, -71.06),
    TOKYO: ("Tokyo", 35.68, 139.69),
    JOBURG: ("Joburg", -26.2, 28.0),
}
NEAREST = {BOSTON: "new-york", TOKYO: "vladivostok", JOBURG: "cape-town"}

# As the geolocation files of `make run` and of the containers know them.
REAL_BOSTON, REAL_TOKYO, REAL_JOBURG = "18.0.0.1", "202.232.2.1", "196.25.1.1"
ADDRESSES = {REAL_BOSTON: "new-york", REAL_TOKYO: "vladivostok", REAL_JOBURG: "cape-town"}


def write_places(path: Path) -> Path:
    """Write the file in the shape of GeoLite2-City."""
    writer = MMDBWriter(ip_version=4, database_type="GeoLite2-City", float_type="f64")
    for address, (city, latitude, longitude) in POINTS.items():
        location = {"latitude": latitude, "longitude": longitude}
        place = {"city": {"names": {"en": city}}, "location": location}
        writer.insert_network(IPSet([f"{address}/32"]), place)
    writer.to_db_file(str(path))
    return path
