"""A person comes back from another site: as somebody we know, or as somebody new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.accounts.credentials import find_credentials_of
from services.auth.attempts.lanes import secret_lanes
from services.auth.sessions.open_session import open_session
from services.auth.social.answers import find_person
from services.auth.social.exchange import refuse
from services.auth.social.identities import find_owner, use_identity
from services.auth.social.join import join
from services.auth.social.link import link
from services.auth.social.providers import get_provider
from shared.errors import REGISTRATION_CLOSED, SOCIAL_LOGIN_FAILED, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.sessions.sessions import Device
    from services.auth.sessions.token_pairs import Mint, TokenPair
    from services.auth.social.answers import Return
    from services.auth.social.flow import Flow
    from services.auth.social.people import Person
    from services.auth.social.providers import Provider
    from services.auth.social.social_login import SocialLogin


async def finish(
    social: SocialLogin, mint: Mint, flow: Flow, back: Return, device: Device
) -> TokenPair | None:
    """Open a session, or link the account and return None.

    SOCIAL_LOGIN_FAILED, PROVIDER_UNAVAILABLE, PROVIDER_NOT_FOUND, TOO_MANY_ATTEMPTS; of a stranger
    REGISTRATION_CLOSED, EMAIL_NEEDED or EMAIL_TAKEN; of a link IDENTITY_LINKED or SESSION_ENDED.
    """
    await mint.issuer.make_ready()
    provider = await get_provider(social.changes.db, flow.provider)
    async with social.throttle.attempt(secret_lanes("social", device)) as attempt:
        try:
            person = await find_person(social, provider, flow, back)
        except MeridianError as error:
            if error.problem is SOCIAL_LOGIN_FAILED:
                attempt.fail()
            raise
    if flow.user_id and flow.session_id:
        await link(social.changes, person, flow.user_id, flow.session_id, device)
        return None
    return await _sign_in(social, mint, provider, person, device)


async def _sign_in(
    social: SocialLogin, mint: Mint, provider: Provider, person: Person, device: Device
) -> TokenPair:
    db = social.changes.db
    owner: UUID | None = await find_owner(db, person.issuer, person.subject)
    if owner is None and not social.takes_strangers:
        raise MeridianError(REGISTRATION_CLOSED)
    user_id = owner or await join(social.changes, person, device)
    # Read before the use is noted: an account that is unlinked meanwhile opens no session.
    user = await find_credentials_of(db, user_id)
    if user is None or not await use_identity(db, person.issuer, person.subject, person.email):
        refuse(provider, "it was unlinked just now")
    return await open_session(db, mint, user, provider.name, device)
