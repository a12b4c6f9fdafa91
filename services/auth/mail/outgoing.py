"""Letters on their way: a bounded number, beside the requests that ask for them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from shared.db_outage import DATABASE_ERRORS
from shared.errors import MAIL_BUSY, MAIL_NOT_SET_UP, MeridianError
from shared.tasks import Work

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from services.auth.mail.mailer import Letter, Mailer

RETRY_SECONDS: Final = 5
LETTERS_AT_ONCE: Final = 4
LETTERS_WAITING: Final = 1000

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Outgoing:
    """Sends letters of `site`; without a mailer there are none."""

    def __init__(self, mailer: Mailer | None, site: str) -> None:
        self.site = site
        self._mailer = mailer
        self._work = Work(LETTERS_WAITING)
        self._turns = asyncio.Semaphore(LETTERS_AT_ONCE)

    @property
    def is_set_up(self) -> bool:
        """Whether there is a mail server."""
        return self._mailer is not None

    def require(self) -> Mailer:
        """Raise MAIL_NOT_SET_UP where there is no mail server."""
        if self._mailer is None:
            detail = "This site sends no mail: ask an administrator for a link."
            raise MeridianError(MAIL_NOT_SET_UP, detail)
        return self._mailer

    def start(self, write: Callable[[], Awaitable[None]]) -> None:
        """Write and send a letter in its turn; MAIL_BUSY."""
        if not self._work.free:
            raise MeridianError(MAIL_BUSY, retry_after=RETRY_SECONDS)
        self._work.start(object(), self._take_turn(write))

    async def send(self, letter: Letter) -> bool:
        """Hand a letter in; False when the mail server did not take it, after some attempts."""
        return await self.require().send(letter)

    async def finish(self) -> None:
        """Give letters that are under way a moment."""
        await self._work.finish()

    async def _take_turn(self, write: Callable[[], Awaitable[None]]) -> None:
        try:
            async with self._turns:
                await write()
        except DATABASE_ERRORS as error:
            log.warning("mail.not_written", error=repr(error))
