"""Checks a second factor, slowly enough for guessing to be hopeless."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from services.auth.second_factor.codes import find_step, hash_recovery_code
from services.auth.second_factor.recovery_codes import use_code
from services.auth.second_factor.totp import find_totp, use_step

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Pool
    from shared.throttle.lanes import Lane
    from shared.throttle.throttle import Throttle
    from shared.vault import Vault


@dataclass(frozen=True, slots=True)
class Codes:
    """What a person shows beside the password: a code of the app, or a recovery code."""

    totp: str | None = field(default=None, repr=False)
    recovery_code: str | None = field(default=None, repr=False)

    @property
    def are_given(self) -> bool:
        """Whether there is one at all."""
        return self.totp is not None or self.recovery_code is not None


NO_CODES: Final = Codes()


@dataclass(frozen=True, slots=True)
class SecondFactorCheck:
    """What it takes to check a second factor."""

    db: Pool
    vault: Vault
    throttle: Throttle

    async def is_right(self, user_id: UUID, codes: Codes, lanes: tuple[Lane, ...]) -> bool:
        """Tell whether a code fits, and use it up; TOO_MANY_ATTEMPTS."""
        async with self.throttle.attempt(lanes) as attempt:
            is_right = await self._use(user_id, codes)
            if not is_right:
                attempt.fail()
        return is_right

    async def _use(self, user_id: UUID, codes: Codes) -> bool:
        if codes.totp is None:
            return await use_code(self.db, user_id, hash_recovery_code(codes.recovery_code or ""))
        found = await find_totp(self.db, user_id)
        if found is None:
            return False
        step = find_step(self.vault.decrypt(found.secret), codes.totp, time.time())
        return step is not None and await use_step(self.db, user_id, step)
