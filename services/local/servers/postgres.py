"""PostgreSQL of the local stack: one cluster in the home, on a loopback port, with a password."""

from __future__ import annotations

import shutil
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.local.process.child import Command
from services.local.process.ports import LOOPBACK
from services.local.process.programs import clean_environment, postgres_program
from services.local.process.tool import run_tool
from services.local.run.home import PRIVATE_FILE
from services.local.servers.postgres_user import choose_user

if TYPE_CHECKING:
    from services.local.process.guard import Guard

NAME = "postgres"
OWNER = "meridian"
DATABASE = "meridian"
STATUS_LINE = 7
SETTINGS = (
    f"listen_addresses={LOOPBACK}",
    "unix_socket_directories=",
    "max_connections=200",
    "shared_buffers=128MB",
    "max_wal_size=512MB",
    # No standby reads from here.
    "wal_level=minimal",
    "max_wal_senders=0",
    "jit=off",
    # Without statistics a new database plans badly; by default it has none for a minute.
    "autovacuum_naptime=10s",
    "log_checkpoints=off",
    "timezone=UTC",
    "log_timezone=UTC",
)


@dataclass(frozen=True, slots=True)
class Postgres:
    """A cluster in `folder`; its owner's password is made up before it."""

    folder: Path
    port: int
    password: str

    @property
    def cluster(self) -> Path:
        """The folder with the data, there once it is complete."""
        return self.folder / "data"

    def url(self, role: str = OWNER, password: str | None = None) -> str:
        """Say how a role connects."""
        return f"postgresql://{role}:{password or self.password}@{LOOPBACK}:{self.port}/{DATABASE}"

    async def prepare(self, guard: Guard) -> Command:
        """Make the cluster when it is new, and say how to run it."""
        run_as = await choose_user(self.folder, guard)
        if not self.cluster.exists():
            await self._create(run_as, guard)
        self._forget_stale_lock()
        options = (part for setting in (*SETTINGS, f"port={self.port}") for part in ("-c", setting))
        return Command(
            name=NAME,
            argv=(*run_as, postgres_program(NAME), "-D", str(self.cluster), *options),
            env=clean_environment(),
            ready=self._is_ready,
            # "fast": end the sessions, then stop; SIGTERM would wait for every client.
            stop_signal=signal.SIGINT,
        )

    async def _create(self, run_as: tuple[str, ...], guard: Guard) -> None:
        unfinished = self.folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        argv = (
            *(*run_as, postgres_program("initdb"), "-D", str(unfinished), "--no-sync"),
            *("--username", OWNER, "--auth", "scram-sha-256", "--pwfile", self._password_file()),
            *("--encoding", "UTF8", "--locale", "C"),
            *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
        )
        try:
            await run_tool(argv, clean_environment(), guard)
        finally:
            (self.folder / "password").unlink()
        single = (*run_as, postgres_program(NAME), "--single", "-D", str(unfinished), "postgres")
        await run_tool(single, clean_environment(), guard, f"CREATE DATABASE {DATABASE};\n")
        unfinished.rename(self.cluster)

    def _password_file(self) -> str:
        path = self.folder / "password"
        path.touch(PRIVATE_FILE)
        path.write_text(self.password, encoding="ascii")
        shutil.chown(path, self.folder.stat().st_uid)
        return str(path)

    async def _is_ready(self) -> bool:
        with suppress(FileNotFoundError, IndexError):
            status = (self.cluster / "postmaster.pid").read_text().splitlines()[STATUS_LINE]
            return status.strip() == "ready"
        return False

    def _forget_stale_lock(self) -> None:
        """Drop the lock of a cluster that was killed when its process number is in use again."""
        lock = self.cluster / "postmaster.pid"
        with suppress(FileNotFoundError, IndexError):
            process = Path("/proc") / lock.read_text().split()[0]
            if str(self.cluster) not in (process / "cmdline").read_text():
                lock.unlink()
