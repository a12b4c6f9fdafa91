"""People: administrators list, see, make, change and sign them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import hdrs

from services.auth.accounts.register import register
from services.auth.accounts.schemas import show_user
from services.auth.accounts.users import get_user
from services.auth.attempts.lanes import session_lanes
from services.auth.keys import CHANGES, CONFIRM, PASSWORDS, POOL
from services.auth.mail.languages import languages_of
from services.auth.people import change_people
from services.auth.people.search import list_users as find_users
from services.auth.sessions.device import actor_of
from shared.web.cursor_parts import read_text
from shared.web.etag import etag_of, revision_asked
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.accounts.users import NewUser, User
    from services.auth.people.change_people import UserChange
    from services.auth.people.schemas import UsersAsked


async def list_users(request: web.Request, query: UsersAsked) -> web.Response:
    """List the users by username.

    With `q` those who have it in a name or the e-mail address, in any case.
    """
    after = decode_cursor(query.cursor, read_text)[0] if query.cursor else None
    found = await find_users(request.app[POOL], query.wanted, after, query.limit + 1)
    page = cut_page(found, query.limit, lambda one: encode_cursor(one[0]))
    return reply({"items": [show_user(user) for _, user in page.items], "next": page.next})


async def show_one_user(request: web.Request) -> web.Response:
    """Show a user with their roles and the permissions that follow from them."""
    return _answer(await get_user(request.app[POOL], path_id(request)))


async def create_user(request: web.Request, body: NewUser) -> web.Response:
    """Make an account for somebody, with the role `member`."""
    app = request.app
    lane = session_lanes(identity_of(request))[0]
    user = await register(app[POOL], app[PASSWORDS], body, lane, actor_of(request))
    await app[CONFIRM].begin(user, languages_of(request))
    return _answer(user, 201)


async def change_user(request: web.Request, body: UserChange) -> web.Response:
    """Change an account, or switch it off and on.

    Who is switched off is signed out everywhere at once, and so are their API tokens. Only a
    superuser may change a superuser, and one who can do everything has to stay. Another e-mail
    address of my own needs a fresh proof. With `If-Match` only when the account is still as it was
    read.
    """
    app = request.app
    before = await get_user(app[POOL], path_id(request))
    revision = revision_asked(request, before.id, before.revision)
    actor, identity = actor_of(request), identity_of(request)
    user = await change_people.change_user(app[CHANGES], actor, identity, before.id, body, revision)
    if user.email != before.email:
        await app[CONFIRM].begin(user, languages_of(request))
    return _answer(user)


async def sign_out(request: web.Request) -> web.Response:
    """End all sessions of a user."""
    await change_people.sign_out(
        request.app[CHANGES], actor_of(request), identity_of(request), path_id(request)
    )
    return reply_nothing()


def _answer(user: User, status: int = 200) -> web.Response:
    return reply(show_user(user), status, headers={hdrs.ETAG: etag_of(user.id, user.revision)})
