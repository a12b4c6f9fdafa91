"""The mail server that a setting names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

PORTS: Final = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in; `is_tls` from the first byte, else by STARTTLS where offered.

    A password is sent over TLS only.
    """

    host: str
    port: int
    is_tls: bool
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @property
    def start_tls(self) -> bool | None:
        """Whether STARTTLS has to be; None where it is taken if it is offered."""
        if self.is_tls:
            return False
        return None if self.username is None else True


def read_mail_server(url: str) -> MailServer:
    """Read smtp://user:password@host:port or smtps://…; ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("must be smtp://host:port or smtps://host:port")
    return MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        is_tls=parts.scheme == "smtps",
        username=_plain(parts.username),
        password=_plain(parts.password),
    )


def _plain(text: str | None) -> str | None:
    return unquote(text) if text else None
