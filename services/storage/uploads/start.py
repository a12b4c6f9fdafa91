"""Start an upload: choose the nearest server, reserve the name, sign one PUT or the first parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.servers.urls import sign_upload
from services.storage.uploads.begin_parts import begin_parts
from services.storage.uploads.new_upload import NewUpload, OtherPolicy, Reserved, Sender, Spot
from services.storage.uploads.parts import MOST_SIGNED, sign_parts
from services.storage.uploads.refused import report_avoided
from services.storage.uploads.reserve import reserve
from services.storage.uploads.welcoming import RETRY_SECONDS, welcoming
from shared.errors import FILE_TOO_LARGE, NO_SERVER, MeridianError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from services.storage.caller import Caller
    from services.storage.servers.fleet import Fleet
    from services.storage.servers.nearest import Ranked
    from services.storage.settings import UploadRules
    from services.storage.uploads.parts import SignedPart
    from shared.catalog.policy import Policy
    from shared.db import Pool

# The policy for all is known; that of a folder or file is told by the first try.
CHANGES_OF_POLICY = 3


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
    policy = fleet.policy
    for _ in range(CHANGES_OF_POLICY):
        try:
            return await _start(pool, fleet, rules, Sender(caller, owner_id), new, policy)
        except OtherPolicy as other:
            policy = other.policy
    raise MeridianError(NO_SERVER, retry_after=RETRY_SECONDS)


async def _start(
    pool: Pool, fleet: Fleet, rules: UploadRules, sender: Sender, new: NewUpload, policy: Policy
) -> StartedUpload:
    """Try the servers that this policy welcomes; OtherPolicy when it does not count there."""
    for chosen in welcoming(fleet, sender.caller.place, new, policy):
        spot = Spot(chosen.server, policy)
        reserved = await reserve(pool, rules, sender, spot, new)
        if reserved.part_size is None:
            return _whole(fleet, rules, chosen, reserved, new)
        cut = await begin_parts(pool, fleet, chosen.server, reserved, new)
        if cut is not None:
            numbers = range(1, min(cut.count, MOST_SIGNED) + 1)
            parts = sign_parts(fleet, cut, numbers, rules.url_seconds)
            return StartedUpload(reserved=reserved, chosen=chosen, parts=parts)
    raise MeridianError(NO_SERVER, retry_after=RETRY_SECONDS)


def _whole(
    fleet: Fleet, rules: UploadRules, chosen: Ranked, reserved: Reserved, new: NewUpload
) -> StartedUpload:
    url, headers = sign_upload(
        fleet.stores, chosen.server, reserved.key, new.size, new.content_type, rules.url_seconds
    )
    return StartedUpload(reserved=reserved, chosen=chosen, url=url, headers=headers)
