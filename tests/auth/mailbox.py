"""An SMTP server on loopback that keeps what it takes."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

from aiohttp.test_utils import unused_port
from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(slots=True)
class Mailbox:
    """What an SMTP server has taken, and what it heard."""

    port: int = field(default_factory=unused_port)
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter."""
        assert isinstance(envelope.content, bytes)
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
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

    async def until(self, count: int) -> EmailMessage:
        """Wait for so many letters; the last of them."""
        async with asyncio.timeout(10):
            while len(self.letters) < count:
                await asyncio.sleep(0.02)
        return self.letters[-1]
