"""News: events of the streams for the people whose business they are, by the clock of Redis."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

import structlog

from shared.events import AccessChanged, BadEvent, FileEvent, FolderChanged, decode
from shared.link_events import LinkOpened, PasswordGuessed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet
    from uuid import UUID

    from shared.events import Event

    Entries: TypeAlias = Iterable[tuple[str, Mapping[str, str]]]
    # Who of some people reads which files and folders that others share with them.
    Readers: TypeAlias = Mapping[UUID, AbstractSet[UUID]]
    FindReaders: TypeAlias = Callable[[Mapping[UUID, UUID], AbstractSet[UUID]], Awaitable[Readers]]

EntryId: TypeAlias = tuple[int, int]

ENTRY_ID = re.compile("([0-9]{1,19})-([0-9]{1,19})")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """One event for the page; `at` is when this process heard of it, `id` grows with time."""

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


def in_order(streams: Iterable[Entries]) -> list[News]:
    """Read the entries of several streams, the oldest first."""
    found = []
    for entry_id, fields in chain.from_iterable(streams):
        name = read_entry_id(entry_id)
        try:
            event = decode(fields)
        except BadEvent as error:
            log.warning("live_feed_bad_event", entry=entry_id, error=str(error))
            continue
        if name is not None:
            found.append(News(name, event, datetime.now(UTC)))
    return sorted(found, key=lambda news: news.id)


def read_entry_id(text: str) -> EntryId | None:
    """Read the name of an entry, milliseconds and number; None for what is none."""
    found = ENTRY_ID.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None
