"""The device of a caller, and the cookie by which it is known again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.attempts.known_devices import KnownDevice
from services.auth.audit.actions import Actor
from services.auth.keys import DEVICE_MARKS
from services.auth.sessions.cookie import PATH, is_secure, set_cookie
from services.auth.sessions.sessions import Device
from services.auth.sessions.user_agent import user_agent
from shared.web.client_ip import client_ip
from shared.web.client_place import client_place
from shared.web.identity import identity_of

if TYPE_CHECKING:
    from aiohttp import web

    from services.auth.sessions.token_pairs import TokenPair

NAME: Final = "meridian_device"
LIFE_SECONDS: Final = 34_560_000  # 400 days: browsers keep no cookie for longer (RFC 6265bis)


def device_of(request: web.Request, mark: str | None = None) -> Device:
    """Tell where a request comes from; in fake mode the address that it names counts.

    With a mark it is known by that, and not by its cookie.
    """
    place = client_place(request)
    known = request.app[DEVICE_MARKS].read(mark or request.cookies.get(NAME, ""))
    return Device(user_agent(request), place.ip or client_ip(request), place, known)


def mark_of(request: web.Request) -> str:
    """Return the mark of a known device; empty for others."""
    return request.cookies[NAME] if device_of(request).known else ""


def actor_of(request: web.Request) -> Actor:
    """Tell who changes something, and from where."""
    return Actor(identity_of(request).user_id, device_of(request).ip)


def keep_signed_in(
    request: web.Request, answer: web.Response, pair: TokenPair, *, is_new: bool = True
) -> None:
    """Give the browser what it needs to stay signed in, and to be known again.

    By a new session, or by the one that it was known by.
    """
    set_cookie(request, answer, pair.refresh_token)
    known = device_of(request).known
    if is_new or known is None or known.user_id != pair.user_id:
        mark_device(request, answer, KnownDevice(pair.user_id, pair.session_id))


def mark_device(request: web.Request, answer: web.Response, device: KnownDevice) -> None:
    """Let the browser be known again as one of this user."""
    answer.set_cookie(
        NAME,
        request.app[DEVICE_MARKS].make(device),
        max_age=LIFE_SECONDS,
        path=PATH,
        secure=is_secure(request),
        httponly=True,
        samesite="Strict",
    )
