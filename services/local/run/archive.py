"""A backup of a local stack: one tar file with the database, the secrets and all objects."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final

from services.local.run.home import PRIVATE_FILE, PRIVATE_FOLDER, LocalError
from services.local.run.secret import SECRETS_FILE

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST: Final = "manifest.json"
DUMP: Final = "database.dump"
CITIES: Final = "cities"
# What a home is known by; ports are this machine's affair, and streams are made anew.
SMALL_FILES: Final = (SECRETS_FILE, "cities.json", "node.json")
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


def unpack(source: Path, folder: Path, *, with_cities: bool = True) -> None:
    """Read such a file into a folder; LocalError when it is none, or is not whole.

    Without its cities all of it is looked at all the same.
    """
    try:
        with tarfile.open(source) as tar:
            first = tar.next()
            manifest = tar.extractfile(first) if first and first.name == MANIFEST else None
            told: Any = json.load(manifest) if manifest else {}
            if told != {"meridian_backup": FORMAT}:
                raise LocalError(f"{source} is no backup of Meridian that this version can read")
            _unpack_members(tar, folder, with_cities=with_cities)
    except (OSError, tarfile.TarError, ValueError, KeyError, EOFError) as error:
        raise LocalError(f"{source} cannot be read: {error}") from error
    for name in (DUMP, SECRETS_FILE):
        if not (folder / name).exists():
            raise LocalError(f"{source} is not whole: there is no {name} in it")


def _unpack_members(tar: tarfile.TarFile, folder: Path, *, with_cities: bool) -> None:
    # One by one, for what makes `extractall` safe came with Python 3.11.4 only.
    for member in tar:
        if not _is_part(member):
            raise ValueError(f"{member.name} is no part of a backup")
        if with_cities or "/" not in member.name:
            _put(tar.extractfile(member), member.mtime, folder / member.name)


def _is_part(member: tarfile.TarInfo) -> bool:
    top, *below = member.name.split("/")
    if not below and not member.isdir():
        return member.isreg() and top in {MANIFEST, DUMP, *SMALL_FILES}
    # A hard link leads to what is in the file, too.
    is_plain = member.isdir() or member.isreg() or member.islnk()
    return is_plain and top == CITIES and ".." not in below


def _put(content: IO[bytes] | None, changed_at: float, place: Path) -> None:
    if content is None:
        place.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        return
    place.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with content, os.fdopen(descriptor, "wb") as stream:
        shutil.copyfileobj(content, stream)
    os.utime(place, (changed_at, changed_at))


def _link(path: Path, twin: Path) -> None:
    try:
        os.link(path, twin)
    except FileNotFoundError:
        raise
    except OSError:
        if not twin.exists():
            shutil.copy2(path, twin)
