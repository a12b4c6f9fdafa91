"""A person leaves for another site, to come back as somebody it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from services.auth.social.flow import challenge_of, new_flow
from services.auth.social.providers import get_provider

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.social.flow import Flow
    from services.auth.social.social_login import SocialLogin


async def begin(
    social: SocialLogin,
    name: str,
    return_to: str,
    mark: str,
    linking: tuple[UUID, UUID] | None = None,
) -> tuple[str, Flow]:
    """Return where to send the browser, and what it has to keep meanwhile.

    `mark` is that of a known device; `linking` is the user and the session of somebody who wants to
    link an account.
    PROVIDER_NOT_FOUND, PROVIDER_UNAVAILABLE.
    """
    provider = await get_provider(social.changes.db, name)
    metadata = await social.metadata_of(provider)
    flow = new_flow(name, return_to, mark, linking)
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": social.callback_of(provider),
        "scope": provider.scopes,
        "state": flow.state,
        "nonce": flow.nonce,
        "code_challenge": challenge_of(flow),
        "code_challenge_method": "S256",
    }
    start = metadata.authorization_endpoint
    joint = "&" if "?" in start else "?"
    return f"{start}{joint}{urlencode(query)}", flow
