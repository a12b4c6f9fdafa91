"""The cookie that binds a sign-in to the browser in which it began."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from services.auth.sessions.cookie import is_secure
from services.auth.social.flow import LIFE_SECONDS

if TYPE_CHECKING:
    from aiohttp import web

PREFIX: Final = "meridian_oauth_"
PATH: Final = "/auth/api/v1/oauth"
# One a sign-in, as two tabs may each be on their way.
STATE: Final = re.compile(r"[\w-]{43}", re.ASCII)
NAME_LETTERS: Final = 12


def keep_flow(request: web.Request, answer: web.Response, state: str, sealed: str) -> None:
    """Let the browser keep a sign-in. `Lax`: it comes back from another site."""
    answer.set_cookie(
        name_of(state),
        sealed,
        max_age=LIFE_SECONDS,
        path=PATH,
        secure=is_secure(request),
        httponly=True,
        samesite="Lax",
    )


def kept_flow(request: web.Request, state: str) -> str:
    """Return the sealed sign-in of a state; empty when this browser has none."""
    return request.cookies.get(name_of(state), "") if STATE.fullmatch(state) else ""


def forget_flow(request: web.Request, answer: web.Response, state: str) -> None:
    """Let the browser forget it."""
    if STATE.fullmatch(state):
        answer.del_cookie(
            name_of(state), path=PATH, secure=is_secure(request), httponly=True, samesite="Lax"
        )


def name_of(state: str) -> str:
    """Name the cookie of a state."""
    return f"{PREFIX}{state[:NAME_LETTERS]}"
