"""What a client wants to upload, and what is reserved for it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.storage.files.destination import Target

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.files.destination import Destination
    from services.storage.files.files import File
    from services.storage.settings import UploadRules
    from shared.catalog.policy import Policy
    from shared.catalog.servers import Server


class OnConflict(enum.Enum):
    """What becomes of an upload whose name is taken by a file."""

    VERSION = "version"
    RENAME = "rename"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class ByDrop:
    """By which file request a file is sent, who says that he sends it, and what he calls it."""

    drop_id: UUID
    title: str
    sender: str
    own_name: str


class DropRefuses(Exception):
    """A file request takes no more, for its limits or its time, or is there no more."""


class FolderMissing(Exception):
    """A path leads nowhere yet."""


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
    by_drop: ByDrop | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """A PENDING version of a file; `key` is the one that the client writes to."""

    id: UUID
    file: File
    key: str
    part_size: int | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Sender:
    """Who uploads, and whose file it will be."""

    caller: Caller
    owner_id: UUID


@dataclass(frozen=True, slots=True)
class Spot:
    """A server, and the policy that it was chosen by."""

    server: Server
    policy: Policy


@dataclass(frozen=True, slots=True)
class Booking:
    """What is reserved: a new upload of somebody, at a place among files and on a server."""

    rules: UploadRules
    caller: Caller
    spot: Spot
    place: Destination
    new: NewUpload


class OtherPolicy(Exception):
    """Another policy counts there than the server was chosen by."""

    def __init__(self, policy: Policy) -> None:
        super().__init__("another policy counts")
        self.policy = policy
