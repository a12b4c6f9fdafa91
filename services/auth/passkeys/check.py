"""Checks a passkey that a browser shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from services.auth.accounts.credentials import find_credentials_of
from services.auth.logins.logins import Outcome
from services.auth.passkeys.ceremonies import BadCredential, check_use, read_shown
from services.auth.passkeys.challenges import SIGN_IN
from services.auth.passkeys.passkeys import count_use, find_by_credential, note_clone
from services.auth.passkeys.relying_party import require_site
from services.auth.passkeys.used_challenges import use_challenge

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.accounts.credentials import Credentials
    from services.auth.passkeys.ceremonies import Shape, Use
    from services.auth.passkeys.challenges import Challenges
    from services.auth.passkeys.passkeys import Passkey
    from services.auth.passkeys.relying_party import RelyingParty
    from shared.db import Pool
    from shared.throttle.lanes import Lane
    from shared.throttle.throttle import Throttle

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Checked:
    """Whose passkey it is, and how the check ended; nobody's when we do not know it."""

    user: Credentials | None
    outcome: Outcome

    @property
    def is_right(self) -> bool:
        """Whether the passkey was used rightly."""
        return self.outcome is Outcome.SUCCESS

    def is_of(self, user_id: UUID) -> bool:
        """Whether it was used rightly, by this user."""
        return self.is_right and self.user is not None and self.user.subject.user_id == user_id


NOBODY: Final = Checked(None, Outcome.WRONG_PASSKEY)


@dataclass(frozen=True, slots=True)
class PasskeyCheck:
    """What it takes to check a passkey; there is no site where browsers offer none."""

    db: Pool
    site: RelyingParty | None
    challenges: Challenges
    throttle: Throttle

    async def check(self, credential: Shape, lanes: tuple[Lane, ...]) -> Checked:
        """Check a passkey and use its challenge up; TOO_MANY_ATTEMPTS, PASSKEYS_UNAVAILABLE."""
        site = require_site(self.site)
        async with self.throttle.attempt(lanes) as attempt:
            checked = await self._look(site, credential)
            if not checked.is_right:
                attempt.fail()
        return checked

    async def _look(self, site: RelyingParty, credential: Shape) -> Checked:
        try:
            shown = read_shown(credential)
        except BadCredential:
            return NOBODY
        passkey = await find_by_credential(self.db, shown.credential_id)
        expires_at = self.challenges.find_expiry(shown.challenge, SIGN_IN)
        if passkey is None or expires_at is None:
            return NOBODY
        # Read before the use is noted: a passkey that is removed meanwhile opens no session.
        user = await find_credentials_of(self.db, passkey.user_id)
        try:
            use = check_use(site, credential, passkey, shown.challenge)
        except BadCredential as error:
            log.info("passkey.wrong", passkey=str(passkey.id), error=str(error))
            return Checked(user, Outcome.WRONG_PASSKEY)
        is_owner = shown.user_handle in {None, passkey.user_id.bytes}
        if not is_owner or not await use_challenge(self.db, shown.challenge, expires_at):
            return Checked(user, Outcome.WRONG_PASSKEY)
        return Checked(user, await self._note(passkey, use))

    async def _note(self, passkey: Passkey, use: Use) -> Outcome:
        if await count_use(self.db, passkey.id, use.sign_count, is_synced=use.is_synced):
            return Outcome.SUCCESS
        if not await note_clone(self.db, passkey.id):
            return Outcome.WRONG_PASSKEY
        log.warning("passkey.cloned", passkey=str(passkey.id), user=str(passkey.user_id))
        return Outcome.PASSKEY_CLONED
