"""News: events of the streams for the people whose business they are, by the clock of Redis."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

import structlog

from shared.events import AccessChanged, BadEvent, FileEvent, FolderChanged, decode
from shared.link_events import LinkOpened, PasswordGuessed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from uuid import UUID

    from shared.events import Event

    Entry: TypeAlias = tuple[str, Mapping[str, str]]
    # What was read of some streams: their names, and of each the next entries.
    Pages: TypeAlias = Sequence[tuple[str, Sequence[Entry]]]
    # Who of some people reads which files and folders that others share with them.
    Readers: TypeAlias = Mapping[UUID, AbstractSet[UUID]]
    FindReaders: TypeAlias = Callable[[Mapping[UUID, UUID], AbstractSet[UUID]], Awaitable[Readers]]

EntryId: TypeAlias = tuple[int, int]

BEFORE_ALL: EntryId = (0, 0)
ENTRY_ID = re.compile("([0-9]{1,19})-([0-9]{1,19})")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """One event for the page; `at` is when this process heard of it, `id` grows with time."""

    stream: str
    id: EntryId
    event: Event
    at: datetime


def may_see(user_id: UUID, event: Event, readers: Readers) -> bool:
    """Tell whether an event is somebody's business: files have owners, servers have none."""
    thing = _thing_of(event)
    if thing is not None:
        return thing[1] == user_id or user_id in readers.get(thing[0], ())
    if isinstance(event, FolderChanged | LinkOpened | PasswordGuessed):
        return event.owner_id == user_id
    if isinstance(event, AccessChanged):
        return user_id in {event.owner_id, event.user_id}
    return True


def shared_things(news: Iterable[News], listeners: AbstractSet[UUID]) -> dict[UUID, UUID]:
    """The owners of files and folders that somebody else who listens might read, too; by id."""
    things = filter(None, (_thing_of(one.event) for one in news))
    return {thing_id: owner_id for thing_id, owner_id in things if listeners - {owner_id}}


def _thing_of(event: Event) -> tuple[UUID, UUID] | None:
    """The file or folder that an event is about, and whose it is; what is at the top is private."""
    if isinstance(event, FileEvent):
        return event.file_id, event.owner_id
    if isinstance(event, FolderChanged) and event.folder_id is not None:
        return event.folder_id, event.owner_id
    return None


def in_order(pages: Pages) -> list[News]:
    """Read the entries of several streams, the oldest first."""
    found = [_read(stream, entry) for stream, entries in pages for entry in entries]
    return sorted(filter(None, found), key=lambda news: news.id)


def before_more(pages: Pages, full: int) -> tuple[Pages, bool]:
    """Leave out what a full page may have more before; whether any page is full."""
    ends = [id_of(entries[-1]) for _, entries in pages if len(entries) == full]
    if not ends:
        return pages, False
    kept = [
        (stream, [entry for entry in entries if id_of(entry) <= min(ends)])
        for stream, entries in pages
    ]
    return kept, True


def ends_of(pages: Pages) -> dict[str, EntryId]:
    """The last entry of each stream that has any."""
    return {stream: id_of(entries[-1]) for stream, entries in pages if entries}


def read_entry_id(text: str) -> EntryId | None:
    """Read the name of an entry, milliseconds and number; None for what is none."""
    found = ENTRY_ID.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def id_of(entry: Entry) -> EntryId:
    """The name of an entry as Redis gave it."""
    return read_entry_id(entry[0]) or BEFORE_ALL


def _read(stream: str, entry: Entry) -> News | None:
    try:
        event = decode(entry[1])
    except BadEvent as error:
        log.warning("live_feed_bad_event", entry=entry[0], error=str(error))
        return None
    return News(stream, id_of(entry), event, datetime.now(UTC))
