"""The folder of a stack, and the lock on it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from services.local.run.home import Home, LocalError, open_home
from services.local.run.lock import AlreadyRunningError, hold_lock
from services.local.run.secret import keep_secrets
from services.local.servers.cities import City
from services.local.servers.kinds import choose_kind
from services.local.servers.more_cities import forget_city, remember_city

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FRANKFURT = City("frankfurt", "Frankfurt", "frankfurt", 50.11, 8.68)
HOLD = """
import sys, time
from pathlib import Path
from services.local.run.home import open_home
from services.local.run.lock import hold_lock
home = open_home(Path(sys.argv[1]))
with hold_lock(home):
    home.write("run.json", {"address": "http://127.0.0.1:1234"})
    print("held", flush=True)
    time.sleep(60)
"""


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_only_the_owner_can_read_a_home(tmp_path: Path) -> None:
    home = open_home(tmp_path / "new" / "home")
    keep_secrets(home, ("key", "demo_password"))
    assert mode(home.folder) == mode(home.subfolder("postgres")) == 0o700
    assert mode(home.folder / "secrets.json") == 0o600


def test_secrets_are_made_up_once(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    first = keep_secrets(home, ("key", "demo_password"))
    more = keep_secrets(home, ("key", "demo_password", "vault_key"))
    assert {name: more[name] for name in first} == first
    assert len(first["demo_password"]) >= 15
    assert keep_secrets(open_home(tmp_path / "other"), ("key",))["key"] != first["key"]


@pytest.mark.parametrize("damage", ["", '{"vault_key": "x",', "[1]", "\udcff"])
@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("secrets.json", lambda home: keep_secrets(home, ("vault_key",))),
        ("cities.json", lambda home: remember_city(home, FRANKFURT)),
        ("cities.json", lambda home: forget_city(home, FRANKFURT.name)),
        ("node.json", choose_kind),
    ],
)
def test_what_cannot_be_made_anew_is_never_replaced(
    tmp_path: Path, damage: str, name: str, read: Callable[[Home], object]
) -> None:
    path = tmp_path / name
    path.write_text(damage, errors="surrogateescape")
    before = path.read_bytes()
    with pytest.raises(LocalError, match=f"{path} is damaged"):
        read(open_home(tmp_path))
    assert path.read_bytes() == before


def test_a_home_that_cannot_be_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalError, match=r"MERIDIAN_HOME .*file.* cannot be used: "):
        open_home(tmp_path / "file")


def test_a_second_run_is_told_of_the_first(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        expected = f"process {holder.pid} at http://127.0.0.1:1234"
        with pytest.raises(AlreadyRunningError, match=expected):
            hold_lock(Home(tmp_path)).__enter__()
    finally:
        holder.kill()
        holder.communicate()
    with hold_lock(Home(tmp_path)):
        assert not (tmp_path / "run.json").exists()
        assert (tmp_path / "lock").read_text() == str(os.getpid())
