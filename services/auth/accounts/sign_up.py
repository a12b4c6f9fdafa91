"""A person makes an account; asking which names are taken is slowed down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.accounts.register import TAKEN, register
from services.auth.attempts.lanes import address_lanes
from services.auth.audit.actions import Actor
from shared.errors import MeridianError

if TYPE_CHECKING:
    from services.auth.accounts.users import NewUser, User
    from services.auth.sessions.check_password import PasswordCheck
    from services.auth.sessions.sessions import Device


async def sign_up(check: PasswordCheck, new: NewUser, device: Device) -> User:
    """Register as `register` does; TOO_MANY_ATTEMPTS after many names that were taken."""
    lanes = address_lanes("sign_up", device)
    actor = Actor(new.id, device.ip)
    async with check.throttle.attempt(lanes) as attempt:
        try:
            return await register(check.db, check.passwords, new, lanes[0], actor)
        except MeridianError as error:
            if error.problem in TAKEN.values():
                attempt.fail()
            raise
