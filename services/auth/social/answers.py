"""What a browser brings back from a provider: looked at before anything is asked for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from services.auth.passkeys.used_challenges import use_challenge
from services.auth.social.exchange import ask_who, refuse

if TYPE_CHECKING:
    from services.auth.social.flow import Flow
    from services.auth.social.people import Person
    from services.auth.social.providers import Provider
    from services.auth.social.social_login import SocialLogin


@dataclass(frozen=True, slots=True)
class Return:
    """The answer of a provider, as it stands in the address."""

    state: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    iss: str | None = None
    error: str | None = None


async def find_person(social: SocialLogin, provider: Provider, flow: Flow, back: Return) -> Person:
    """Tell who came back; SOCIAL_LOGIN_FAILED, PROVIDER_UNAVAILABLE. An answer works once."""
    expires_at = datetime.fromtimestamp(flow.expires_at, UTC)
    if not await use_challenge(social.changes.db, flow.state.encode(), expires_at):
        refuse(provider, "this answer was used before")
    metadata = await social.metadata_of(provider)
    # Whose answer it is (RFC 9207): two providers must not be mixed up.
    if back.iss != provider.issuer and (back.iss is not None or metadata.names_issuer):
        refuse(provider, "the answer is of another issuer")
    if back.code is None:
        refuse(provider, f"it says {back.error or 'nothing'}")
    return await ask_who(social, provider, flow, back.code)
