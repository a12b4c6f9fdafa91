"""One action on many files and folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.batch.carry_out import carry_out
from services.storage.batch.schemas import show_outcome
from services.storage.client import caller_of
from services.storage.keys import DOORBELL, POOL
from shared.errors import PERMISSION_DENIED, MeridianError
from shared.web.identity import identity_of
from shared.web.reply import reply

if TYPE_CHECKING:
    from aiohttp import web

    from services.storage.batch.wanted import Batch


async def run(request: web.Request, body: Batch) -> web.Response:
    """Trash, restore, move or delete many files and folders.

    What cannot be done to one of them does not keep the others from it: `failed` says why. To trash
    and to delete takes the permission `files.delete`, the others take `files.change`. What others
    share with me to write to can be trashed, restored and moved within the folder that is shared.
    """
    identity, app = identity_of(request), request.app
    if not identity.may(body.action.permission):
        raise MeridianError(PERMISSION_DENIED, f"Missing: {body.action.permission}.")
    outcome = await carry_out(app[POOL], app[DOORBELL], caller_of(request), identity.user_id, body)
    return reply(show_outcome(outcome))
