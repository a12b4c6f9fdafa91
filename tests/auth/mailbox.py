"""An SMTP server on loopback that keeps what it takes."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Final

from aiosmtpd.controller import Controller

from services.auth.mail.server import MailServer
from tests.free_port import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session

    from services.auth.settings import Settings

RESET: Final = "/reset/"


@dataclass(slots=True)
class Mailbox:
    """What an SMTP server has taken, and what it heard."""

    port: int = field(default_factory=free_port)
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter."""
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve on loopback."""
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    def letters_with(self, link: str) -> list[EmailMessage]:
        """Return the letters that hold such a link."""
        return [letter for letter in self.letters if link in letter.get_content()]

    async def until(self, count: int, link: str = RESET) -> EmailMessage:
        """Wait for so many letters with such a link; the last of them."""
        async with asyncio.timeout(10):
            while len(self.letters_with(link)) < count:
                await asyncio.sleep(0.02)
        return self.letters_with(link)[-1]


def with_mail(settings: Settings, port: int, username: str | None = None) -> Settings:
    """Settings of a service that hands its letters in there."""
    server = MailServer("127.0.0.1", port, is_tls=False, username=username, password=username)
    return replace(settings, auth=replace(settings.auth, mail_server=server))
