"""A person makes an account; asking which names are taken is slowed down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.accounts.register import TAKEN, register
from services.auth.attempts.lanes import address_lanes
from services.auth.audit.actions import Actor
from services.auth.invitations.invitations import is_open
from services.auth.sessions.refresh_tokens import hash_token
from services.auth.settings import CLOSED, INVITED
from shared.errors import INVITATION_NOT_FOUND, REGISTRATION_CLOSED, MeridianError

if TYPE_CHECKING:
    from services.auth.accounts.users import NewUser, User
    from services.auth.sessions.check_password import PasswordCheck
    from services.auth.sessions.sessions import Device


GUESSES: Final = frozenset((*TAKEN.values(), INVITATION_NOT_FOUND))


async def sign_up(check: PasswordCheck, mode: str, new: NewUser, device: Device) -> User:
    """Register as `register` does; REGISTRATION_CLOSED, INVITATION_NOT_FOUND.

    TOO_MANY_ATTEMPTS after many names that were taken or links that are no good.
    """
    if mode == CLOSED or (mode == INVITED and new.invitation is None):
        raise MeridianError(REGISTRATION_CLOSED)
    lanes = address_lanes("sign_up", device)
    actor = Actor(new.id, device.ip)
    async with check.throttle.attempt(lanes) as attempt:
        try:
            await _require_open(check, new.invitation)
            return await register(check.db, check.passwords, new, lanes[0], actor)
        except MeridianError as error:
            if error.problem in GUESSES:
                attempt.fail()
            raise


async def _require_open(check: PasswordCheck, token: str | None) -> None:
    """Refuse a link that is no good before a password is hashed for it."""
    if token is not None and not await is_open(check.db, hash_token(token)):
        raise MeridianError(INVITATION_NOT_FOUND)
