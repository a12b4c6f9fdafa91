"""Live: what happens to my files, as server-sent events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from services.storage.keys import FEED, FLEET
from services.storage.live.news import read_entry_id
from shared.events import AccessChanged
from shared.web.identity import identity_of
from shared.web.revocations import REVOCATIONS
from shared.web.streams import Happening, stream_events

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from aiohttp import web

    from services.storage.live.news import News
    from services.storage.servers.fleet import Fleet
    from shared.tokens.revocations import Revocations
    from shared.web.identity import Identity

# How late the end of an access token may be noticed; what was revoked is at once.
LOOK_SECONDS = 2.0
LAST = "Last-Event-ID"
# What pages are told of an event, as far as it has it.
TOLD = ("file_id", "version_id", "folder_id", "drop_id", "link_id", "city", "state", "object_id")


async def follow(request: web.Request) -> web.StreamResponse:
    """Follow what happens, as server-sent events.

    `file.stored`, `replica.ready`, `replica.failed`, `file.deleted` of my files and of those shared
    with me, `folder.changed` when what stands in a folder that I see was made, renamed, moved,
    trashed or restored, or the folder itself was (`folder_id`, null for my top), `access.changed`
    when something is shared or no more, by me or with me, `link.opened` of my links with the city
    it was opened from, `drop.received` by my file requests, `password.guessed` when many passwords
    of a link or request of mine (`link_id`) were wrong, and `server.changed`; the data names what
    to read again. Each has an `id`: with the last one as
    `Last-Event-ID`, as browsers send it when they come back, what was missed comes first. Ends with
    the access token or the session, and when the rights of the caller change.
    """
    identity = identity_of(request)
    with request.app[REVOCATIONS].watch(identity.session_id, identity.user_id) as ended:
        return await stream_events(request, _happenings(request), ended=ended)


async def _happenings(request: web.Request) -> AsyncGenerator[Happening, None]:
    identity = identity_of(request)
    revocations = request.app[REVOCATIONS]
    after = read_entry_id(request.headers.get(LAST, ""))
    async for news in request.app[FEED].listen(identity.user_id, LOOK_SECONDS, after):
        if _is_over(identity, revocations):
            return
        if news is not None:
            yield _show(request.app[FLEET], news)


def _is_over(identity: Identity, revocations: Revocations) -> bool:
    is_outdated = identity.rights_version < revocations.rights_of(identity.user_id)
    is_ended = is_outdated or revocations.holds(identity.session_id)
    return is_ended or identity.has_expired(datetime.now(UTC))


def _show(fleet: Fleet, news: News) -> Happening:
    event = news.event
    server_id = getattr(event, "server_id", None)
    server = fleet.find_server(server_id) if server_id else None
    name = event.type.lower()
    payload: dict[str, object] = {
        "type": name,
        "server": server.name if server else None,
        "at": news.at,
        **{told: getattr(event, told) for told in TOLD if hasattr(event, told)},
    }
    if isinstance(event, AccessChanged):
        payload["owner_id"] = event.owner_id
    return Happening(name, payload, "{}-{}".format(*news.id))
