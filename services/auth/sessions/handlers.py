"""Sessions: come in, stay, look around, leave."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.auth.keys import CHECK, MINT, PASSKEYS, POOL, SECOND_FACTOR
from services.auth.sessions import login as coming
from services.auth.sessions import logout as leaving
from services.auth.sessions import prove as proving
from services.auth.sessions import refresh as staying
from services.auth.sessions.cookie import clear_cookie, is_page, read_cookie
from services.auth.sessions.device import device_of, keep_signed_in
from services.auth.sessions.schemas import show_session
from services.auth.sessions.sessions import list_sessions as find_sessions
from services.auth.sessions.token_schemas import show_pair
from shared.errors import REFRESH_FAILED, SESSION_NOT_FOUND, MeridianError
from shared.web.cursor_parts import read_moment
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing
from shared.web.revocations import REVOCATIONS

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp import web

    from services.auth.sessions.login import LoginAttempt
    from services.auth.sessions.prove import Proof
    from services.auth.sessions.token_pairs import TokenPair
    from services.auth.sessions.token_schemas import Refresh
    from shared.web.paging import PageAsked


async def login(request: web.Request, body: LoginAttempt) -> web.Response:
    """Log in.

    Opens a session. The refresh token also comes as the cookie `meridian_refresh`, for pages.
    A wrong name and a wrong password are refused alike. Where a second factor is on, a right
    password without a code is answered by `TOTP_REQUIRED`: send all again, with `totp` or
    `recovery_code`.
    """
    app = request.app
    pair = await coming.login(app[CHECK], app[SECOND_FACTOR], app[MINT], body, device_of(request))
    return _answer(request, pair, signed_in=True)


async def refresh(request: web.Request, body: Refresh) -> web.Response:
    """Get the next pair of tokens.

    Takes the refresh token of the body, or of the cookie when the body has none. Each works once;
    the same one again gets the same successor while that is unused, within 10 seconds, and within 5
    minutes from the same program and address; else it ends the session.
    """
    # A refusal leaves the cookie alone: by now it may be the one that another tab was given.
    token = body.refresh_token or read_cookie(request)
    if token is None:
        raise MeridianError(REFRESH_FAILED, "There is no refresh token in the body or cookie.")
    app = request.app
    pair = await staying.refresh(app[POOL], app[MINT], app[REVOCATIONS], token, device_of(request))
    return _answer(request, pair, signed_in=False)


async def logout(request: web.Request) -> web.Response:
    """Log out.

    Ends this session: its tokens are refused everywhere within a second.
    """
    identity = identity_of(request)
    await leaving.logout(
        request.app[POOL], request.app[REVOCATIONS], identity.user_id, identity.session_id
    )
    return _farewell(request)


async def logout_all(request: web.Request) -> web.Response:
    """Log out everywhere.

    Ends all of my sessions, this one included.
    """
    identity = identity_of(request)
    await leaving.logout_everywhere(
        request.app[POOL], request.app[REVOCATIONS], identity.user_id, identity.session_id
    )
    return _farewell(request)


async def prove(request: web.Request, body: Proof) -> web.Response:
    """Show again who I am.

    Good for 15 minutes, like signing in, and for this session: what is dangerous asks for it, and
    refuses with `PROOF_NEEDED` without.
    """
    app = request.app
    check = proving.ProofCheck(app[CHECK], app[SECOND_FACTOR], app[PASSKEYS])
    await proving.prove(check, identity_of(request), body)
    return reply_nothing()


async def list_sessions(request: web.Request, query: PageAsked) -> web.Response:
    """List my sessions: the devices that are signed in, newest first."""
    identity = identity_of(request)
    found = await find_sessions(
        request.app[POOL],
        identity.user_id,
        _place(query),
        query.limit + 1,
        request.app[MINT].refresh_seconds,
    )
    page = cut_page(found, query.limit, lambda one: encode_cursor(one.created_at, one.id))
    items = [show_session(session, identity.session_id) for session in page.items]
    return reply({"items": items, "next": page.next})


async def end_session(request: web.Request) -> web.Response:
    """End one of my sessions."""
    has_ended = await leaving.logout(
        request.app[POOL],
        request.app[REVOCATIONS],
        identity_of(request).user_id,
        path_id(request),
        "revoked",
    )
    if not has_ended:
        raise MeridianError(SESSION_NOT_FOUND)
    return reply_nothing()


def _place(query: PageAsked) -> tuple[datetime, UUID] | None:
    return decode_cursor(query.cursor, read_moment, UUID) if query.cursor else None


def _answer(request: web.Request, pair: TokenPair, *, signed_in: bool) -> web.Response:
    answer = reply(show_pair(pair, is_page=is_page(request)))
    keep_signed_in(request, answer, pair, is_new=signed_in)
    return answer


def _farewell(request: web.Request) -> web.Response:
    answer = reply_nothing()
    clear_cookie(request, answer)
    return answer
