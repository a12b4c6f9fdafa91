"""Geolocation files of both shapes, made small for the test."""

from __future__ import annotations

import json
import os
import re
import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from shared.geo import Atlas, GeoFileError

DOCKERFILE = Path(__file__).parents[2] / "Dockerfile"


def write_city_file(path: Path) -> Path:
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="GeoLite2-City")
    place = {
        "city": {"names": {"en": "Cape Town"}},
        "country": {"iso_code": "ZA"},
        "location": {"latitude": -33.9249, "longitude": 18.4241},
    }
    writer.insert_network(IPSet(["127.0.0.0/8"]), place)
    writer.to_db_file(str(path))
    return path


def write_flat_file(path: Path) -> Path:
    writer = MMDBWriter(ip_version=4, database_type="dbip-city-ipv4", float_type="f64")
    place = {"city": "Tokyo", "country_code": "JP", "latitude": 35.68, "longitude": 139.69}
    writer.insert_network(IPSet(["203.0.113.0/24"]), place)
    writer.to_db_file(str(path))
    return path


def test_a_city_file_and_a_flat_file_are_read_alike(tmp_path: Path) -> None:
    atlas = Atlas([write_city_file(tmp_path / "a.mmdb"), write_flat_file(tmp_path / "b.mmdb")])
    here = atlas.find_place(ip_address("127.0.0.1"), "real")
    assert (here.city, here.country, here.latitude) == ("Cape Town", "ZA", -33.9249)
    there = atlas.find_place(ip_address("203.0.113.9"), "fake")
    assert (there.city, there.longitude, there.mode) == ("Tokyo", 139.69, "fake")
    atlas.close()


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"])
def test_an_unknown_address_has_no_coordinates(tmp_path: Path, address: str) -> None:
    atlas = Atlas([write_flat_file(tmp_path / "b.mmdb")])
    place = atlas.find_place(ip_address(address), "real")
    assert place.latitude is None
    assert place.ip == ip_address(address)
    atlas.close()


def test_a_file_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "broken.mmdb").write_text("no")
    with pytest.raises(GeoFileError, match=r"MERIDIAN_GEOIP_DB.*broken\.mmdb"):
        Atlas([tmp_path / "broken.mmdb"])


def test_an_upgrade_leaves_the_files_that_services_have_open(tmp_path: Path) -> None:
    """The container that brings them runs before the services are replaced."""
    files, shared = tmp_path / "files", tmp_path / "geoip"
    for folder in (files, shared):
        folder.mkdir()
    (files / "a.mmdb").write_bytes(b"new" * 1000)
    (files / "b.mmdb").write_bytes(b"same")
    target, same = shared / "a.mmdb", shared / "b.mmdb"
    target.write_bytes(b"old")
    same.write_bytes(b"same")
    for path in (target, same):
        os.utime(path, (1, 1))
    before = same.stat().st_ino
    (command,) = re.findall(r"^CMD (\[.*mmdb.*\])$", DOCKERFILE.read_text("utf-8"), re.MULTILINE)
    moved = command.replace("/files/", f"{files}/").replace("/geoip/", f"{shared}/")
    with target.open("rb") as held:
        subprocess.run(json.loads(moved), check=True)
        assert held.read() == b"old"
    assert target.read_bytes() == b"new" * 1000
    assert same.stat().st_ino == before
    assert sorted(shared.iterdir()) == [target, same]
