"""What a client wants to upload, and what is reserved for it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.storage.files.destination import Target

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from services.storage.files.files import File


class OnConflict(enum.Enum):
    """What becomes of an upload whose name is taken by a file."""

    VERSION = "version"
    RENAME = "rename"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUpload:
    """What a client wants to upload; `size` in bytes, `sha256` raw.

    `parts`: in parts, however small it is. `avoid` are names of servers that it cannot reach.
    """

    name: str
    size: int
    content_type: str = "application/octet-stream"
    sha256: bytes | None = None
    target: Target = field(default_factory=Target)
    on_conflict: OnConflict = OnConflict.VERSION
    parts: bool = False
    avoid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """A PENDING version of a file; `key` is the one that the client writes to."""

    id: UUID
    file: File
    key: str
    part_size: int | None
    expires_at: datetime
