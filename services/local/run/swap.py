"""Puts what was restored in place of what a home holds; a kill on the way costs neither."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from services.local.run.archive import CITIES, SMALL_FILES
from services.local.servers.postgres import NAME

if TYPE_CHECKING:
    from pathlib import Path

    from services.local.run.home import Home

# What was there, until all that is new is in its place; and after that, until it is gone.
BEFORE: Final = "former.part"
GONE: Final = "gone.part"
NAMES_FILE: Final = "names.json"
# Streams and caches tell of another past.
FORGOTTEN: Final = "valkey"
NAMES: Final = (NAME, CITIES, FORGOTTEN, *SMALL_FILES)


def put_in_place(home: Home, part: Path) -> None:
    """Swap what lies in `part` for what the home holds; OSError leaves the home as it was."""
    before = home.subfolder(BEFORE)
    there = [name for name in NAMES if (home.folder / name).exists()]
    replace(home, folder=before).write(NAMES_FILE, {"names": there})
    try:
        for name in there:
            (home.folder / name).rename(before / name)
        for name in NAMES:
            if (part / name).exists():
                (part / name).rename(home.folder / name)
    except OSError:
        put_back(home)
        raise
    before.rename(home.folder / GONE)
    shutil.rmtree(home.folder / GONE, ignore_errors=True)


def put_back(home: Home) -> None:
    """Undo a swap that a kill cut off."""
    shutil.rmtree(home.folder / GONE, ignore_errors=True)
    before = home.folder / BEFORE
    there: Any = replace(home, folder=before).read_passing(NAMES_FILE).get("names")
    # Without a list nothing was moved yet.
    for name in () if there is None else NAMES:
        place = home.folder / name
        if (before / name).exists():
            _remove(place)
            (before / name).rename(place)
        elif name not in there:
            _remove(place)
    shutil.rmtree(before, ignore_errors=True)


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
