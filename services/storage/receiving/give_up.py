"""Somebody gives up what he began to send.

That makes room in the request, but leaves a file, a version and a line of history with its owner:
whoever does it again and again waits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.uploads.abort import give_up_upload
from shared.errors import UPLOAD_FINISHED, MeridianError
from shared.throttle.lanes import Lane, Rule, network_of

if TYPE_CHECKING:
    from services.storage.caller import Caller
    from services.storage.receiving.found_drops import Sent
    from shared.db import Pool
    from shared.throttle.throttle import Throttle

HOUR = 3600
# The page gives each file up once that it has to send to another city.
MANY, AT_ONCE = 500, 50
GIVEN_UP = Rule(free=MANY, at_once=AT_ONCE, first=1, longest=HOUR / 60, forget=HOUR)


async def give_up_sent(pool: Pool, throttle: Throttle, caller: Caller, sent: Sent) -> None:
    """Make room in a request again; TOO_MANY_ATTEMPTS, UPLOAD_FINISHED."""
    place = Lane("drop_given_up", f"{sent.drop_id} {network_of(caller.ip)}", GIVEN_UP)
    async with throttle.attempt((place,)) as attempt:
        if not await give_up_upload(pool, sent.upload):
            raise MeridianError(UPLOAD_FINISHED)
        attempt.fail()
