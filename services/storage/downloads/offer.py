"""Link to the nearest healthy servers that hold a verified copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from services.storage.downloads.presentation import presentation
from services.storage.history.actions import NewAction
from services.storage.history.events import ActionEvent
from services.storage.servers.urls import sign_download
from shared.catalog.policy import Policy
from shared.errors import NO_HEALTHY_REPLICA, MeridianError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.downloads.held import Held
    from services.storage.history.journal import Journal
    from services.storage.servers.fleet import Fleet
    from services.storage.servers.nearest import Ranked
    from shared.catalog.servers import Server

RETRY_SECONDS = 5
ALTERNATES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a link is wanted: for how long, shown or saved, and with how many alternates."""

    seconds: int
    inline: bool = False
    alternates: int = ALTERNATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """Signed links to one version, best first, all alive until `expires_at`."""

    held: Held
    links: Sequence[tuple[Ranked, str]]
    expires_at: datetime


def link_download(
    journal: Journal,
    fleet: Fleet,
    caller: Caller,
    held: Held,
    wish: Wish,
    *,
    link_id: UUID | None = None,
) -> Download:
    """Sign a GET for the best holders and note it in the owner's history; NO_HEALTHY_REPLICA.

    `link_id` names the share link by which the caller came.
    """
    download = offer(fleet, caller, held, wish)
    note_download(journal, caller, held, download, link_id=link_id)
    return download


def note_download(
    journal: Journal,
    caller: Caller,
    held: Held,
    download: Download,
    *,
    link_id: UUID | None = None,
) -> None:
    """Note in the owner's history that the caller got links."""
    nearest, _ = download.links[0]
    downloaded = NewAction(
        owner_id=held.owner_id,
        event=ActionEvent.LINK_OPEN if link_id else ActionEvent.FILE_DOWNLOAD,
        object_id=held.file_id,
        data={"name": held.name, "version": held.number},
        server=nearest.server.name,
        link_id=link_id,
    )
    journal.note(caller, downloaded)


def offer(fleet: Fleet, caller: Caller, held: Held, wish: Wish) -> Download:
    """Sign a GET for the best holders that answer; NO_HEALTHY_REPLICA."""
    ranked = fleet.choose(caller.place, holders(fleet, held), held.size)
    if not ranked:
        raise MeridianError(NO_HEALTHY_REPLICA, retry_after=RETRY_SECONDS)
    expires_at = datetime.now(UTC) + timedelta(seconds=wish.seconds)
    shown = presentation(held.name, held.content_type, inline=wish.inline)
    links = [
        (choice, sign_download(fleet.stores, choice.server, held.key, shown, wish.seconds))
        for choice in ranked[: wish.alternates + 1]
    ]
    return Download(held=held, links=links, expires_at=expires_at)


def holders(fleet: Fleet, held: Held) -> list[Server]:
    """The servers with a verified copy, whether they answer or not.

    Of a zone that the policy forbids nothing is handed out, though a copy may still be there.
    """
    forbidden = Policy.read(held.rule).forbid
    found = (fleet.find_server(server_id) for server_id in held.holders)
    return [server for server in found if server is not None and server.zone not in forbidden]
