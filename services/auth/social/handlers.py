"""Social login: what is offered, the way there and back, and linked accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import hdrs, web

from services.auth.keys import CHANGES, MINT, OUTGOING, PASSKEYS, POOL, SETTINGS, SOCIAL
from services.auth.sessions.device import actor_of, device_of, keep_signed_in, mark_of
from services.auth.sessions.proofs import require_proof
from services.auth.social.begin import begin as begin_flow
from services.auth.social.cookie import forget_flow, keep_flow, kept_flow
from services.auth.social.finish import finish
from services.auth.social.flow import seal, unseal
from services.auth.social.identities import list_identities
from services.auth.social.link import unlink
from services.auth.social.providers import list_providers
from services.auth.social.schemas import show_identity, show_provider
from shared.errors import SOCIAL_LOGIN_FAILED, MeridianError
from shared.web.cursor_parts import read_moment
from shared.web.identity import identity_of
from shared.web.paging import cut_page, decode_cursor, encode_cursor
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from services.auth.social.answers import Return
    from services.auth.social.flow import Flow
    from services.auth.social.schemas import LinkStart, Start
    from shared.web.paging import PageAsked

FOUND: Final = 302
PREFIX: Final = "/auth/api/v1"
LOGIN_PAGE: Final = "/login"


async def offer(request: web.Request) -> web.Response:
    """Show what the login page offers beside name and password."""
    app = request.app
    items = [show_provider(provider, PREFIX) for provider in await list_providers(app[POOL])]
    return reply(
        {
            "items": items,
            "next": None,
            "passkeys": app[PASSKEYS].site is not None,
            "mail": app[OUTGOING].is_set_up,
            "registration": app[SETTINGS].auth.registration,
        }
    )


async def begin(request: web.Request, query: Start) -> web.Response:
    """Sign in with an account of another site.

    Sends the browser there, and binds the way back to this browser.
    """
    social = request.app[SOCIAL]
    name, mark = request.match_info["provider"], mark_of(request)
    url, flow = await begin_flow(social, name, query.return_to, mark)
    answer = web.Response(status=FOUND, headers={hdrs.LOCATION: url})
    keep_flow(request, answer, flow.state, seal(social.vault, flow))
    return answer


async def come_back(request: web.Request, query: Return) -> web.Response:
    """Come back from another site.

    Opens a session and sends the browser on to the page, which gets its tokens by `POST /refresh`
    with the cookie. Whoever is new gets an account, if the site has confirmed an address. People
    are sent to a page that says what went wrong; programs, which accept no HTML, get the refusal.
    """
    app = request.app
    flow = unseal(app[SOCIAL].vault, kept_flow(request, query.state))
    try:
        flow = _require(flow, query.state, request.match_info["provider"])
        pair = await finish(app[SOCIAL], app[MINT], flow, query, device_of(request, flow.mark))
    except MeridianError as error:
        if "text/html" not in request.headers.get(hdrs.ACCEPT, ""):
            raise
        answer = _send_on(_page_of_refusal(flow, error))
    else:
        answer = _send_on(flow.return_to)
        if pair is not None:
            keep_signed_in(request, answer, pair)
    forget_flow(request, answer, query.state)
    return answer


async def begin_link(request: web.Request, body: LinkStart) -> web.Response:
    """Begin to link an account of another site to mine.

    Send the browser to the URL; it comes back to `return_to`. Needs a proof of the last 15 minutes.
    """
    social, identity = request.app[SOCIAL], identity_of(request)
    await require_proof(request.app[POOL], identity.session_id)
    linking = (identity.user_id, identity.session_id)
    url, flow = await begin_flow(social, body.provider, body.return_to, mark_of(request), linking)
    answer = reply({"url": url})
    keep_flow(request, answer, flow.state, seal(social.vault, flow))
    return answer


async def list_mine(request: web.Request, query: PageAsked) -> web.Response:
    """List the accounts of other sites that are linked to mine, newest first."""
    after = decode_cursor(query.cursor, read_moment, UUID) if query.cursor else None
    user_id = identity_of(request).user_id
    found = await list_identities(request.app[POOL], user_id, after, query.limit + 1)
    page = cut_page(found, query.limit, lambda one: encode_cursor(one.created_at, one.id))
    return reply({"items": [show_identity(one) for one in page.items], "next": page.next})


async def remove(request: web.Request) -> web.Response:
    """Unlink an account: nobody signs in with it any more. The last way to sign in stays."""
    user_id = identity_of(request).user_id
    await unlink(request.app[CHANGES], actor_of(request), user_id, path_id(request))
    return reply_nothing()


def _require(flow: Flow | None, state: str, provider: str) -> Flow:
    if flow is None or flow.state != state or flow.provider != provider:
        detail = "This did not begin in this browser, or it took too long. Try again."
        raise MeridianError(SOCIAL_LOGIN_FAILED, detail)
    return flow


def _page_of_refusal(flow: Flow | None, error: MeridianError) -> str:
    is_link = flow is not None and flow.user_id is not None
    page = flow.return_to if flow and is_link else LOGIN_PAGE
    joint = "&" if "?" in page else "?"
    return f"{page}{joint}{urlencode({'error': error.problem.code})}"


def _send_on(path: str) -> web.Response:
    return web.Response(status=FOUND, headers={hdrs.LOCATION: path})
