"""Somebody gives up what he began to send, or sends what is of no use.

That makes room in the request, but leaves a file, a version and a line of history with its owner:
whoever does it again and again waits.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from services.storage.uploads.abort import give_up_upload
from services.storage.uploads.complete import FINAL
from shared.errors import UPLOAD_FINISHED, MeridianError
from shared.throttle.lanes import Lane, Rule, network_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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
    async with throttle.attempt((_lane(caller, sent),)) as attempt:
        if not await give_up_upload(pool, sent.upload):
            raise MeridianError(UPLOAD_FINISHED)
        attempt.fail()


@asynccontextmanager
async def useless_counted(throttle: Throttle, caller: Caller, sent: Sent) -> AsyncIterator[None]:
    """Complete it in here; TOO_MANY_ATTEMPTS."""
    # Only what comes in parts is given up when it proves to be of no use.
    lanes = () if sent.upload.part_size is None else (_lane(caller, sent),)
    async with throttle.attempt(lanes) as attempt:
        try:
            yield
        except MeridianError as error:
            if error.problem in FINAL:
                attempt.fail()
            raise


def _lane(caller: Caller, sent: Sent) -> Lane:
    return Lane("drop_given_up", f"{sent.drop_id} {network_of(caller.ip)}", GIVEN_UP)
