"""Settings of the auth service, read once from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from environs import EnvError, ValidationError, validate

from services.auth.mail.server import MailServer, read_mail_server
from shared.env import (
    GeoSettings,
    HttpSettings,
    SharedSettings,
    read_geo,
    read_http,
    read_shared,
)
from shared.env_faults import PREFIX, read_all
from shared.tokens.access_tokens import MAX_LIFE

if TYPE_CHECKING:
    from environs import Env

OPEN: Final = "open"
INVITED: Final = "invited"
CLOSED: Final = "closed"
DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class AuthSettings:
    """What only the auth service needs to know; times in seconds."""

    host: str
    port: int
    processes: int
    access_seconds: int
    refresh_seconds: int
    argon2_threads: int
    login_history_months: int
    registration: str = OPEN
    mail_server: MailServer | None = None
    mail_from: str = ""

    @property
    def argon2_threads_here(self) -> int:
        """The share of one process, and one at least."""
        return max(1, self.argon2_threads // self.processes)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the auth service is told from outside."""

    shared: SharedSettings
    http: HttpSettings
    geo: GeoSettings
    auth: AuthSettings


def read_settings() -> Settings:
    """Read and check the settings; EnvError tells of all that is wrong."""
    return read_all(
        lambda env: Settings(
            shared=read_shared(env), http=read_http(env), geo=read_geo(env), auth=read_auth(env)
        )
    )


def read_auth(env: Env) -> AuthSettings:
    """Read what only the auth service needs."""
    return AuthSettings(
        host=env.str("AUTH_HOST", "127.0.0.1"),
        port=env.int("AUTH_PORT", 8081, validate=validate.Range(1, 65_535)),
        processes=env.int("AUTH_PROCESSES", 1, validate=validate.Range(1, 64)),
        access_seconds=env.int(
            "ACCESS_TOKEN_SECONDS", MAX_LIFE, validate=validate.Range(1, MAX_LIFE)
        ),
        refresh_seconds=env.int(
            "REFRESH_TOKEN_SECONDS",
            30 * DAY_SECONDS,
            validate=validate.Range(1, 400 * DAY_SECONDS),
        ),
        argon2_threads=env.int("ARGON2_THREADS", 2, validate=validate.Range(1, 64)),
        login_history_months=env.int("LOGIN_HISTORY_MONTHS", 12, validate=validate.Range(0, 1200)),
        registration=env.str(
            "REGISTRATION", OPEN, validate=validate.OneOf((OPEN, INVITED, CLOSED))
        ),
        mail_server=_mail_server(env.str("SMTP_URL", "")),
        mail_from=env.str("MAIL_FROM", "", validate=_is_address),
    )


def _mail_server(url: str) -> MailServer | None:
    try:
        return read_mail_server(url) if url else None
    except ValueError as error:
        # Without the address itself, which may hold a password.
        raise EnvError(f"{PREFIX}SMTP_URL: {error}") from error


def _is_address(text: str) -> None:
    if text and ("@" not in text or not text.isascii() or not text.isprintable() or " " in text):
        raise ValidationError("must be an e-mail address")
