"""Somebody has forgotten a password: a link goes to the address of the account, if there is one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from services.auth.accounts.names import fold_address
from services.auth.attempts.lanes import address_lanes
from services.auth.audit.actions import Action, Actor
from services.auth.resets.letter import write_letter
from services.auth.resets.reset import new_token
from services.auth.resets.resets import find_addressee, replace_reset, use_reset
from services.auth.sessions.refresh_tokens import hash_token
from shared.db_outage import DATABASE_ERRORS
from shared.errors import MAIL_BUSY, MAIL_NOT_SET_UP, MeridianError
from shared.tasks import Work

if TYPE_CHECKING:
    from services.auth.audit.changes import Changes
    from services.auth.mail.mailer import Mailer
    from services.auth.resets.resets import Addressee
    from services.auth.sessions.sessions import Device
    from shared.throttle.throttle import Throttle

LIFE_SECONDS: Final = 3600.0
# Nobody gets more letters than one in so many seconds, whoever asks for them.
REST_SECONDS: Final = 300.0
RETRY_SECONDS: Final = 5
LETTERS_AT_ONCE: Final = 4
LETTERS_WAITING: Final = 1000

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Who has forgotten a password, from where, and which languages they read."""

    email: str
    device: Device
    languages: str


class Forgot:
    """What it takes to send reset links; without a mailer there are none."""

    def __init__(
        self, changes: Changes, throttle: Throttle, mailer: Mailer | None, site: str
    ) -> None:
        self._changes = changes
        self._throttle = throttle
        self._mailer = mailer
        self._site = site
        self._work = Work(LETTERS_WAITING)
        self._turns = asyncio.Semaphore(LETTERS_AT_ONCE)

    async def ask(self, asked: Forgotten) -> None:
        """Begin to send a link, if the address is somebody's: the answer is the same, and as soon.

        MAIL_NOT_SET_UP, MAIL_BUSY, TOO_MANY_ATTEMPTS.
        """
        if self._mailer is None:
            detail = "This site sends no mail: ask an administrator for a link."
            raise MeridianError(MAIL_NOT_SET_UP, detail)
        async with self._throttle.attempt(address_lanes("forgot", asked.device)) as attempt:
            attempt.fail()
        if not self._work.free:
            raise MeridianError(MAIL_BUSY, retry_after=RETRY_SECONDS)
        self._work.start(object(), self._send(self._mailer, asked))

    async def finish(self) -> None:
        """Give letters that are under way a moment."""
        await self._work.finish()

    async def _send(self, mailer: Mailer, asked: Forgotten) -> None:
        try:
            async with self._turns:
                addressee = await find_addressee(self._changes.db, fold_address(asked.email))
                if addressee is not None:
                    await self._send_to(mailer, addressee, asked)
        except DATABASE_ERRORS as error:
            log.warning("mail.not_written", error=repr(error))

    async def _send_to(self, mailer: Mailer, addressee: Addressee, asked: Forgotten) -> None:
        token = new_token()
        digest = hash_token(token)
        async with self._changes.by(Actor(None, asked.device.ip)) as change:
            user_id = addressee.user_id
            until = await replace_reset(change.db, user_id, digest, LIFE_SECONDS, REST_SECONDS)
            if until is None:
                return
            change.record(Action.RESET_MAILED, user_id)
        url = f"{self._site}/reset/{token}"
        letter = write_letter(addressee.email, addressee.username, self._site, url, asked.languages)
        if not await mailer.send(letter):
            # It reached nobody: the next time somebody asks, another one is tried.
            async with self._changes.db.acquire() as db:
                await use_reset(db, digest)
