"""The refresh token in a cookie: for pages, which should not hold it where scripts can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from aiohttp import hdrs

from services.auth.keys import SETTINGS
from shared.errors import PERMISSION_DENIED, UNSUPPORTED_MEDIA_TYPE, MeridianError

if TYPE_CHECKING:
    from aiohttp import web

NAME: Final = "meridian_refresh"
PATH: Final = "/auth/api/v1"
FETCH_SITE: Final = "Sec-Fetch-Site"


def set_cookie(request: web.Request, answer: web.Response, token: str) -> None:
    """Give the browser the token, for this site and these paths alone."""
    settings = request.app[SETTINGS]
    answer.set_cookie(
        NAME,
        token,
        max_age=settings.auth.refresh_seconds,
        path=PATH,
        secure=is_secure(request),
        httponly=True,
        samesite="Strict",
    )


def clear_cookie(request: web.Request, answer: web.Response) -> None:
    """Take the token back."""
    answer.del_cookie(NAME, path=PATH, secure=is_secure(request), httponly=True, samesite="Strict")


def read_cookie(request: web.Request) -> str | None:
    """Return the token, only to a page of our own.

    Browsers send the cookie by themselves, so another site must not be able to use it:
    beside SameSite, what the browser says of the caller counts, and forms send no JSON.
    """
    token = request.cookies.get(NAME)
    if not token:
        return None
    if request.content_type != "application/json":
        raise MeridianError(UNSUPPORTED_MEDIA_TYPE)
    if not is_same_origin(request):
        raise MeridianError(PERMISSION_DENIED, "The cookie works for pages of this site only.")
    return token


def is_page(request: web.Request) -> bool:
    """Tell whether a browser sends this for a page, which says so; programs do not."""
    return FETCH_SITE in request.headers or hdrs.ORIGIN in request.headers


def is_same_origin(request: web.Request) -> bool:
    """Believe Sec-Fetch-Site, else Origin; programs that send neither are no browsers."""
    site = request.headers.get(FETCH_SITE)
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return True
    return host_of(origin) in {request.host, public_host(request)}


def host_of(origin: str) -> str | None:
    """Return the host and port of an Origin; None for one that is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def is_secure(request: web.Request) -> bool:
    """Tell whether people reach us by HTTPS."""
    return urlsplit(request.app[SETTINGS].http.public_url).scheme == "https"


def public_host(request: web.Request) -> str:
    """Return the host and port under which people reach us."""
    return urlsplit(request.app[SETTINGS].http.public_url).netloc
