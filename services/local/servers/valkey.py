"""Valkey of the local stack: streams and caches, kept in an append-only file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.local.process.child import Command
from services.local.process.ports import LOOPBACK
from services.local.process.programs import clean_environment, valkey_program
from services.local.process.ready import ask
from services.local.run.home import PRIVATE_FILE

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
bind {host}
port {port}
protected-mode yes
requirepass {password}
dir {folder}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


@dataclass(frozen=True, slots=True)
class Valkey:
    """A server whose data lies in `folder`."""

    folder: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        """Say how to connect."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def command(self) -> Command:
        """Write its configuration and say how to run it."""
        # A file, for the password must not show in the list of processes.
        config = self.folder / "valkey.conf"
        config.touch(PRIVATE_FILE)
        quoted = f'"{self.folder}"'
        config.write_text(
            CONFIG.format(host=LOOPBACK, port=self.port, password=self.password, folder=quoted)
        )
        return Command(
            name="valkey",
            argv=(valkey_program(), str(config)),
            env=clean_environment(),
            ready=self._is_ready,
        )

    async def _is_ready(self) -> bool:
        answer = await ask(self.port, f"AUTH {self.password}\r\nPING\r\n".encode())
        return answer.startswith(b"+OK") and b"-LOADING" not in answer
