"""What services tell each other over the stream: typed, versioned, ids only."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from shared.ids import new_id
from shared.link_events import LinkOpened, PasswordGuessed

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES_STREAM = "meridian:files"
# What only live pages want to hear: no group reads it, and nothing is lost with it.
NEWS_STREAM = f"{FILES_STREAM}:news"
# What may wait: fresh uploads overtake it.
BULK_STREAM = f"{FILES_STREAM}:bulk"
REPLICATOR_GROUP = "replicator"
EVENT_FORMAT = "1"
# Fields that are no ids, and one that may be empty.
WORDS = frozenset(("state", "city"))
TOP = "folder_id"


class BadEvent(ValueError):
    """An entry of the stream that no version of this code understands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEvent:
    """Something happened to one version of a file."""

    type: ClassVar[str]
    file_id: UUID
    version_id: UUID
    owner_id: UUID
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStored(FileEvent):
    """The uploaded bytes are on the first server."""

    type: ClassVar[str] = "FILE.STORED"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDeleted(FileEvent):
    """The version is to be erased everywhere."""

    type: ClassVar[str] = "FILE.DELETED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaReady(FileEvent):
    """A verified copy has arrived on a server."""

    type: ClassVar[str] = "REPLICA.READY"
    server_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaFailed(FileEvent):
    """A copy failed; its next attempt, if there is one, is in PostgreSQL."""

    type: ClassVar[str] = "REPLICA.FAILED"
    server_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DropReceived(FileEvent):
    """A file came in by a file request."""

    type: ClassVar[str] = "DROP.RECEIVED"
    drop_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerChanged:
    """A server was added, changed, or its health changed; `state` is what people are told."""

    type: ClassVar[str] = "SERVER.CHANGED"
    server_id: UUID
    state: str
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderChanged:
    """A folder is another, or what stands in it is: there, gone, or called otherwise."""

    type: ClassVar[str] = "FOLDER.CHANGED"
    owner_id: UUID
    # None: the top.
    folder_id: UUID | None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChanged:
    """What `owner_id` shares with `user_id` is another thing, or shared otherwise, or no more."""

    type: ClassVar[str] = "ACCESS.CHANGED"
    owner_id: UUID
    user_id: UUID
    object_id: UUID
    id: UUID = field(default_factory=new_id)


Event = (
    FileStored
    | FileDeleted
    | ReplicaReady
    | ReplicaFailed
    | DropReceived
    | ServerChanged
    | FolderChanged
    | AccessChanged
    | LinkOpened
    | PasswordGuessed
)
EVENT_CLASSES: dict[str, type[Event]] = {
    event.type: event
    for event in (
        *(FileStored, FileDeleted, ReplicaReady, ReplicaFailed),
        *(DropReceived, ServerChanged, FolderChanged, AccessChanged),
        *(LinkOpened, PasswordGuessed),
    )
}
# What no worker has to do with.
ONLY_NEWS = frozenset((DropReceived.type, FolderChanged.type, AccessChanged.type))
NEWS_LENGTH = 10_000


def encode(event: Event) -> dict[str, str]:
    """Make the flat fields of a stream entry."""
    ids = {part.name: str(getattr(event, part.name) or "") for part in fields(event)}
    return {"type": event.type, "v": EVENT_FORMAT, **ids}


def decode(entry: Mapping[str, str]) -> Event:
    """Read the fields of a stream entry; BadEvent for anything else."""
    event_class = EVENT_CLASSES.get(entry.get("type", ""))
    if event_class is None or entry.get("v") != EVENT_FORMAT:
        raise BadEvent(f"unknown event {entry.get('type')!r} v{entry.get('v')!r}")
    try:
        parts: dict[str, Any] = {part.name: entry[part.name] for part in fields(event_class)}
        ids = {name: text for name, text in parts.items() if name not in WORDS}
        parts |= {name: UUID(text) if text or name != TOP else None for name, text in ids.items()}
        return event_class(**parts)
    except (KeyError, ValueError) as error:
        raise BadEvent(f"broken {event_class.type}: {error}") from error
