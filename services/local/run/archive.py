"""A backup of a local stack: one tar file with the database, the secrets and all objects."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from services.local.run.home import PRIVATE_FILE, LocalError

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"
CITIES: Final = "cities"
# What a home is known by; ports are this machine's affair, and streams are made anew.
SMALL_FILES: Final = ("secrets.json", "cities.json", "node.json")
FORMAT: Final = 1
# Objects that are not whole yet; nobody was told of them.
UNFINISHED: Final = ".rclone_temp_"


def link_tree(source: Path, target: Path) -> None:
    """Have every file in a second place, without copying: objects are never written to again."""
    for path in sorted(source.rglob("*")):
        twin = target / path.relative_to(source)
        # It may go while we look.
        with suppress(FileNotFoundError, FileExistsError):
            if path.is_dir():
                twin.mkdir(parents=True, exist_ok=True)
            elif not path.name.startswith(UNFINISHED):
                _link(path, twin)


def pack(folder: Path, target: Path) -> None:
    """Write what lies in a folder to a file that only its owner can read, all at once."""
    (folder / MANIFEST).write_text(json.dumps({"meridian_backup": FORMAT}), encoding="utf-8")
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(descriptor, "wb") as stream:
            _write_tar(folder, stream)
            stream.flush()
            os.fsync(descriptor)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise LocalError(f"{target} cannot be written: {error.strerror}") from error


def _write_tar(folder: Path, stream: BinaryIO) -> None:
    with tarfile.open(fileobj=stream, mode="w") as tar:
        # First, so that a file that is none is known at once.
        tar.add(folder / MANIFEST, arcname=MANIFEST)
        for path in sorted(folder.iterdir()):
            if path.name != MANIFEST:
                tar.add(path, arcname=path.name)


def unpack(source: Path, folder: Path) -> None:
    """Read such a file into a folder; LocalError when it is none, or is not whole."""
    try:
        with tarfile.open(source) as tar:
            first = tar.next()
            manifest = tar.extractfile(first) if first and first.name == MANIFEST else None
            told: Any = json.load(manifest) if manifest else {}
            if told.get("meridian_backup") != FORMAT:
                raise LocalError(f"{source} is no backup of Meridian that this version can read")
            tar.extractall(folder, filter="data")
    except (OSError, tarfile.TarError, ValueError, EOFError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise LocalError(f"{source} cannot be read: {error}") from error
    if not (folder / DUMP).exists():
        raise LocalError(f"{source} is not whole: there is no {DUMP} in it")


def _link(path: Path, twin: Path) -> None:
    try:
        os.link(path, twin)
    except FileNotFoundError:
        raise
    except OSError:
        if not twin.exists():
            shutil.copy2(path, twin)
