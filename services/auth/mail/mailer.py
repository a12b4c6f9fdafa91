"""Hands mail to the mail server, beside the requests that ask for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING, Final

import aiosmtplib
import structlog
from prometheus_client import Counter

if TYPE_CHECKING:
    from services.auth.mail.server import MailServer

# A server that is just being restarted, or that asks to try again later, is asked again.
PAUSES: Final = (1, 5, 20)
TIMEOUT_SECONDS: Final = 10

MAILS: Final = Counter("meridian_mails", "Mails handed to the mail server, or not", ("outcome",))

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to whom."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends letters by a server, from one address."""

    server: MailServer
    sender: str

    async def send(self, letter: Letter) -> bool:
        """Hand a letter in; False when the server did not take it, after some attempts."""
        message = self._write(letter)
        for pause in (*PAUSES, None):
            try:
                await self._hand_in(message)
            except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
                # The error may name the address: its kind has to do.
                log.warning("mail.refused", error=type(error).__name__, is_last=pause is None)
            else:
                MAILS.labels("sent").inc()
                return True
            if pause is not None:
                await asyncio.sleep(pause)
        MAILS.labels("failed").inc()
        return False

    def _write(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = f"Meridian <{self.sender}>"
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message

    async def _hand_in(self, message: EmailMessage) -> None:
        server = self.server
        await aiosmtplib.send(
            message,
            sender=self.sender,
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.is_tls,
            start_tls=server.start_tls,
            timeout=TIMEOUT_SECONDS,
        )
