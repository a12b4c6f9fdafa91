"""Live: what happens to my files, as server-sent events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from services.storage.keys import FEED, FLEET
from services.storage.live.news import read_entry_id
from shared.events import AccessChanged, DropReceived, FileEvent, ServerChanged
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

LOOK_SECONDS = 0.5
LAST = "Last-Event-ID"


async def follow(request: web.Request) -> web.StreamResponse:
    """Follow what happens, as server-sent events.

    `file.stored`, `replica.ready`, `replica.failed`, `file.deleted` of my files and of those shared
    with me, `access.changed` when something is shared or no more, by me or with me,
    `drop.received` by my file requests, and `server.changed`; the data names what to read again.
    Each has an `id`: with the last one as `Last-Event-ID`, as browsers send it when they come back,
    what was missed comes first. Ends with the access token or the session, and when the rights of
    the caller change.
    """
    return await stream_events(request, _happenings(request))


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
    }
    if isinstance(event, FileEvent):
        payload |= {"file_id": event.file_id, "version_id": event.version_id}
        if isinstance(event, DropReceived):
            payload["drop_id"] = event.drop_id
    elif isinstance(event, ServerChanged):
        payload["state"] = event.state
    elif isinstance(event, AccessChanged):
        payload |= {"object_id": event.object_id, "owner_id": event.owner_id}
    return Happening(name, payload, "{}-{}".format(*news.id))
