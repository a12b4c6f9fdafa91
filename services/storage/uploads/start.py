"""Start an upload: choose the nearest server, reserve the name, sign one PUT or the first parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.servers.urls import sign_upload
from services.storage.uploads.begin_parts import begin_parts
from services.storage.uploads.parts import MOST_SIGNED, sign_parts
from services.storage.uploads.refused import report_avoided
from services.storage.uploads.reserve import reserve
from shared.catalog.placement import should_hold
from shared.errors import FILE_TOO_LARGE, NO_SERVER, MeridianError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.servers.fleet import Fleet
    from services.storage.servers.nearest import Ranked
    from services.storage.settings import UploadRules
    from services.storage.uploads.new_upload import NewUpload, Reserved
    from services.storage.uploads.parts import SignedPart
    from shared.db import Pool
    from shared.geo import Place

RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedUpload:
    """Where the client has to PUT the bytes: all of them to `url`, or each part to its own."""

    reserved: Reserved
    chosen: Ranked
    url: str = ""
    headers: Mapping[str, str] | None = None
    parts: Sequence[SignedPart] = ()


async def start_upload(
    pool: Pool, fleet: Fleet, rules: UploadRules, caller: Caller, owner_id: UUID, new: NewUpload
) -> StartedUpload:
    """Find a server for a file of that owner and sign the way there; FILE_TOO_LARGE, NO_SERVER."""
    if new.size > rules.max_bytes:
        limit = rules.max_bytes
        raise MeridianError(FILE_TOO_LARGE, f"A file may have at most {limit} bytes.", limit=limit)
    await report_avoided(pool, fleet, caller, owner_id, new)
    for chosen in _candidates(fleet, caller.place, new):
        reserved = await reserve(pool, rules, caller, owner_id, chosen.server, new)
        if reserved.part_size is None:
            return _whole(fleet, rules, chosen, reserved, new)
        cut = await begin_parts(pool, fleet, chosen.server, reserved, new)
        if cut is not None:
            numbers = range(1, min(cut.count, MOST_SIGNED) + 1)
            parts = sign_parts(fleet, cut, numbers, rules.url_seconds)
            return StartedUpload(reserved=reserved, chosen=chosen, parts=parts)
    raise MeridianError(NO_SERVER, retry_after=RETRY_SECONDS)


def _candidates(fleet: Fleet, place: Place, new: NewUpload) -> Sequence[Ranked]:
    servers = should_hold(fleet.servers())
    welcome = [server for server in servers if server.name not in new.avoid]
    return fleet.choose(place, welcome, writing=True)


def _whole(
    fleet: Fleet, rules: UploadRules, chosen: Ranked, reserved: Reserved, new: NewUpload
) -> StartedUpload:
    url, headers = sign_upload(
        fleet.stores, chosen.server, reserved.key, new.size, new.content_type, rules.url_seconds
    )
    return StartedUpload(reserved=reserved, chosen=chosen, url=url, headers=headers)
