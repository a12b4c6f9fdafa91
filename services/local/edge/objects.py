"""Which object a request is about, and its file on the disk of the node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp import web


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object by bucket and key; `path` is the file that a node keeps it in."""

    bucket: str
    key: str
    path: Path

    @property
    def name(self) -> str:
        """Name it among all objects of the node."""
        return f"{self.bucket}/{self.key}"

    @property
    def exists(self) -> bool:
        """Whether the node holds it now."""
        return self.path.is_file()

    @property
    def size(self) -> int | None:
        """Its size in bytes; None while there is no such object."""
        try:
            return self.path.stat().st_size
        except OSError:
            return None


def object_of(request: web.Request, folder: Path) -> StoredObject | None:
    """Name the object of a request; None when it is about a bucket or leaves the folder."""
    bucket, _, key = request.path.removeprefix("/").partition("/")
    path = folder / bucket / key
    if not key or ".." in path.parts or "\0" in key:
        return None
    return StoredObject(bucket, key, path)
