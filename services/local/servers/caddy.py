"""The gateway of the local stack: Caddy with the Caddyfile that a real host uses too."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from services.local.process.child import PROJECT, Command
from services.local.process.ports import LOOPBACK
from services.local.process.programs import clean_environment, find_program
from services.local.process.ready import http_status

if TYPE_CHECKING:
    from pathlib import Path

CADDYFILE = PROJECT / "services" / "gateway" / "Caddyfile"
WEB_ROOT = PROJECT / "frontend" / "dist"
OPTIONS = f"auto_https off\n\tdefault_bind {LOOPBACK}"
# The ports of the cities may change from run to run.
S3_ORIGINS = f"http://{LOOPBACK}:* http://localhost:*"


@dataclass(frozen=True, slots=True)
class Gateway:
    """Caddy on `port`; what it writes itself goes to `folder`."""

    folder: Path
    port: int
    auth_port: int
    storage_port: int
    movies_port: int = 0

    @property
    def address(self) -> str:
        """Where people find the page, and programs the API: a name, for passkeys need one."""
        return f"http://localhost:{self.port}"

    def command(self) -> Command:
        """Say how to run it."""
        return Command(
            name="gateway",
            argv=(find_program("caddy"), "run", "--config", str(CADDYFILE)),
            env=clean_environment(
                XDG_CONFIG_HOME=str(self.folder),
                XDG_DATA_HOME=str(self.folder),
                MERIDIAN_SITE=f"http://:{self.port}",
                MERIDIAN_GATEWAY_OPTIONS=OPTIONS,
                MERIDIAN_WEB_ROOT=str(WEB_ROOT),
                MERIDIAN_AUTH_UPSTREAM=f"{LOOPBACK}:{self.auth_port}",
                MERIDIAN_STORAGE_UPSTREAM=f"{LOOPBACK}:{self.storage_port}",
                MERIDIAN_MOVIES_UPSTREAM=self._movies,
                MERIDIAN_S3_ORIGINS=S3_ORIGINS,
            ),
            ready=self._is_ready,
        )

    @property
    def _movies(self) -> str:
        return f"{LOOPBACK}:{self.movies_port}" if self.movies_port else ""

    async def _is_ready(self) -> bool:
        return await http_status(self.port, "/healthz") == HTTPStatus.NO_CONTENT
