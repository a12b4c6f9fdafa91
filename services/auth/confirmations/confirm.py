"""An address is confirmed: a letter goes there, and its link comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.accounts.names import fold_address
from services.auth.accounts.profile import show_profile
from services.auth.attempts.lanes import letter_lanes, secret_lanes
from services.auth.audit.actions import Action, Actor
from services.auth.confirmations.confirmations import (
    find_confirmation,
    replace_confirmation,
    use_confirmation,
)
from services.auth.confirmations.letter import write_letter
from services.auth.resets.reset import new_token
from services.auth.sessions.refresh_tokens import hash_token
from shared.errors import CONFIRMATION_NOT_FOUND, EMAIL_CONFIRMED, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.accounts.users import User
    from services.auth.audit.changes import Changes
    from services.auth.mail.outgoing import Outgoing
    from services.auth.sessions.sessions import Device
    from shared.throttle.throttle import Throttle

LIFE_SECONDS: Final = 86_400.0  # a day


class Confirm:
    """What it takes to confirm addresses; without mail there is nothing to confirm."""

    def __init__(self, changes: Changes, throttle: Throttle, outgoing: Outgoing) -> None:
        self._changes = changes
        self._throttle = throttle
        self._outgoing = outgoing

    async def begin(self, user: User, languages: str, device: Device | None = None) -> None:
        """Send the letter for a new address where that is possible; else its owner asks later.

        Without a device for an administrator.
        """
        if self._outgoing.is_set_up and user.email_confirmed_at is None:
            try:
                await self._send(user, languages, device)
            except MeridianError:
                return

    async def ask(self, user_id: UUID, languages: str, device: Device) -> None:
        """Send the letter once more.

        MAIL_NOT_SET_UP, MAIL_BUSY, EMAIL_CONFIRMED, TOO_MANY_ATTEMPTS.
        """
        self._outgoing.require()
        user = await show_profile(self._changes.db, user_id)
        if user.email_confirmed_at is not None:
            raise MeridianError(EMAIL_CONFIRMED)
        await self._send(user, languages, device)

    async def use(self, token: str, device: Device) -> None:
        """Take an address as confirmed by a link; CONFIRMATION_NOT_FOUND, TOO_MANY_ATTEMPTS."""
        async with self._throttle.attempt(secret_lanes("confirm", device)) as attempt:
            try:
                await self._use(hash_token(token), device)
            except MeridianError:
                attempt.fail()
                raise

    async def _use(self, digest: bytes, device: Device) -> None:
        user_id = await find_confirmation(self._changes.db, digest)
        async with self._changes.by(Actor(user_id, device.ip)) as change:
            email = await use_confirmation(change.db, digest)
            if email is None:
                raise MeridianError(CONFIRMATION_NOT_FOUND)
            change.record(Action.EMAIL_CONFIRMED, user_id, after={"email": email})

    async def _send(self, user: User, languages: str, device: Device | None) -> None:
        """Whoever asks, nobody gets many letters an hour, and nobody sends many."""
        email_key = fold_address(user.email)
        token = new_token()
        letter = write_letter(user, self._outgoing.site, token, languages)

        async def work() -> None:
            db, digest = self._changes.db, hash_token(token)
            if await replace_confirmation(db, user.id, email_key, digest, LIFE_SECONDS):
                await self._outgoing.send(letter)

        async with self._throttle.attempt(letter_lanes(email_key, user.id, device)) as attempt:
            self._outgoing.start(work)
            attempt.fail()
