"""Somebody has forgotten a password: a link goes to the address of the account, if there is one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from services.auth.accounts.names import fold_address
from services.auth.attempts.lanes import address_lanes
from services.auth.audit.actions import Action, Actor
from services.auth.resets.letter import write_letter
from services.auth.resets.reset import new_token
from services.auth.resets.resets import find_addressee, replace_mailed, use_reset
from services.auth.sessions.refresh_tokens import hash_token

if TYPE_CHECKING:
    from services.auth.audit.changes import Changes
    from services.auth.mail.outgoing import Outgoing
    from services.auth.resets.resets import Addressee
    from services.auth.sessions.sessions import Device
    from shared.throttle.throttle import Throttle

LIFE_SECONDS: Final = 3600.0
# Nobody gets more letters than one in so many seconds, whoever asks for them.
REST_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Who has forgotten a password, from where, and which languages they read."""

    email: str
    device: Device
    languages: str


class Forgot:
    """What it takes to send reset links; without mail there are none."""

    def __init__(self, changes: Changes, throttle: Throttle, outgoing: Outgoing) -> None:
        self._changes = changes
        self._throttle = throttle
        self._outgoing = outgoing

    async def ask(self, asked: Forgotten) -> None:
        """Begin to send a link, if the address is somebody's: the answer is the same, and as soon.

        MAIL_NOT_SET_UP, MAIL_BUSY, TOO_MANY_ATTEMPTS.
        """
        self._outgoing.require()
        async with self._throttle.attempt(address_lanes("forgot", asked.device)) as attempt:
            self._outgoing.start(partial(self._send, asked))
            attempt.fail()

    async def _send(self, asked: Forgotten) -> None:
        addressee = await find_addressee(self._changes.db, fold_address(asked.email))
        if addressee is not None:
            await self._send_to(addressee, asked)

    async def _send_to(self, addressee: Addressee, asked: Forgotten) -> None:
        token = new_token()
        digest = hash_token(token)
        async with self._changes.by(Actor(None, asked.device.ip)) as change:
            life = (LIFE_SECONDS, REST_SECONDS)
            if not await replace_mailed(change.db, addressee, digest, *life):
                return
            change.record(Action.RESET_MAILED, addressee.user_id)
        letter = write_letter(addressee, self._outgoing.site, token, asked.languages)
        if not await self._outgoing.send(letter):
            # It reached nobody: the next time somebody asks, another one is tried.
            async with self._changes.db.acquire() as db:
                await use_reset(db, digest)
