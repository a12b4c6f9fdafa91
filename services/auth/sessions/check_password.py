"""Checks a password, slowly enough for guessing to be hopeless, and keeps its hash up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.auth.accounts.credentials import find_credentials_of, renew_hash
from services.auth.attempts.lanes import session_lanes
from shared.errors import WRONG_PASSWORD, MeridianError

if TYPE_CHECKING:
    from services.auth.accounts.credentials import Credentials
    from shared.db import Pool
    from shared.passwords.hashing import Passwords
    from shared.throttle.lanes import Lane
    from shared.throttle.throttle import Throttle
    from shared.web.identity import Identity


@dataclass(frozen=True, slots=True)
class PasswordCheck:
    """What it takes to check a password."""

    db: Pool
    passwords: Passwords
    throttle: Throttle

    async def is_right(
        self, found: Credentials | None, password: str, lanes: tuple[Lane, ...]
    ) -> bool:
        """Tell whether a password fits; for nobody this takes as long, and is False.

        The lanes are charged first: TOO_MANY_ATTEMPTS, or PASSWORDS_BUSY.
        """
        async with self.throttle.attempt(lanes) as attempt:
            is_right = await self._fits(found, password, lanes[0])
            if not is_right:
                attempt.fail()
        return is_right

    async def require_own(self, identity: Identity, password: str) -> int:
        """Raise WRONG_PASSWORD unless it is the caller's; as of which version of credentials."""
        found = await find_credentials_of(self.db, identity.user_id)
        is_right = await self.is_right(found, password, session_lanes(identity))
        if found is None or not is_right:
            raise MeridianError(WRONG_PASSWORD)
        return found.version

    async def _fits(self, found: Credentials | None, password: str, lane: Lane) -> bool:
        known = found.password_hash if found else None
        is_right = await self.passwords.verify(known, password, lane)
        if found is None or known is None or not is_right:
            return False
        if self.passwords.is_outdated(known):
            renewed = await self.passwords.hash(password, lane)
            await renew_hash(self.db, found.subject.user_id, known, renewed)
        return True
