"""The S3 server of a city: rclone over a plain folder, on a loopback port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from services.local.process.child import Command
from services.local.process.ports import LOOPBACK
from services.local.process.programs import clean_environment, find_program
from services.local.process.ready import http_status
from services.local.run.home import PRIVATE_FOLDER
from services.local.servers.cities import BUCKET

if TYPE_CHECKING:
    from pathlib import Path

# Uploads that a kill cut off; never acknowledged, so nobody misses them.
UNFINISHED = ".rclone_temp_*"


@dataclass(frozen=True, slots=True)
class Node:
    """A server named `name` that keeps its objects below `folder`."""

    # The edge does for it what it cannot do itself, notifications among it.
    is_complete: ClassVar[bool] = False
    needs_edge: ClassVar[bool] = False

    name: str
    folder: Path
    port: int
    access_key: str
    secret_key: str

    @property
    def endpoint(self) -> str:
        """Its own address, past the edge."""
        return f"http://{LOOPBACK}:{self.port}"

    def command(self) -> Command:
        """Make its bucket, clear what a kill left behind, and say how to run it."""
        bucket = self.folder / BUCKET
        bucket.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        for leftover in bucket.rglob(UNFINISHED):
            leftover.unlink()
        return Command(
            name=f"node-{self.name}",
            argv=(
                *(find_program("rclone"), "serve", "s3", "--config", "/dev/null"),
                *("--addr", f"{LOOPBACK}:{self.port}"),
                # Else a HEAD reads the whole object, and a PUT hashes it three times.
                *("--etag-hash", "none", "--ignore-checksum"),
                str(self.folder),
            ),
            # In the environment, for the secret must not show in the list of processes.
            env=clean_environment(RCLONE_AUTH_KEY=f'"{self.access_key},{self.secret_key}"'),
            ready=self._is_ready,
        )

    async def _is_ready(self) -> bool:
        return await http_status(self.port) > 0
