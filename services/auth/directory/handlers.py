"""Other people: find one by name, and the names of those whose ids one has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.directory.directory import list_names
from services.auth.directory.look_up import look_up
from services.auth.directory.schemas import show_person
from services.auth.keys import POOL, THROTTLE
from shared.web.identity import identity_of
from shared.web.reply import reply

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.directory.look_up import PersonAsked
    from services.auth.directory.schemas import NamesAsked


async def find_person(request: web.Request, query: PersonAsked) -> web.Response:
    """Find somebody by their exact username or e-mail address, in any case.

    Who asks for many that are not there has to wait.
    """
    app, caller_id = request.app, identity_of(request).user_id
    return reply(show_person(await look_up(app[POOL], app[THROTTLE], caller_id, query)))


async def show_names(request: web.Request, body: NamesAsked) -> web.Response:
    """Tell the names of users whose ids one has; those that are not there are left out."""
    people = await list_names(request.app[POOL], body.ids)
    return reply({"items": [show_person(person) for person in people]})
