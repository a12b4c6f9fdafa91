"""The S3 server of a city as MinIO, with notifications of its own: see docs/storage-servers.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from services.local.process.child import Command
from services.local.process.ports import LOOPBACK
from services.local.process.programs import clean_environment
from services.local.process.ready import http_status
from services.local.run.home import PRIVATE_FOLDER, LocalError
from services.local.servers.build import built

if TYPE_CHECKING:
    from pathlib import Path

# The name of the webhook, by which services/storage/servers/notifications.py tells a bucket of it.
TARGET = "MERIDIAN"
OK = 200


@dataclass(frozen=True, slots=True)
class MinioNode:
    """A server named `name` that keeps its objects below `folder` and tells `hook_url` of them."""

    is_complete: ClassVar[bool] = True
    needs_edge: ClassVar[bool] = False

    name: str
    folder: Path
    port: int
    access_key: str
    secret_key: str = field(repr=False)
    hook_url: str
    hook_secret: str = field(repr=False)

    @property
    def endpoint(self) -> str:
        """Its own address, past the edge."""
        return f"http://{LOOPBACK}:{self.port}"

    def command(self) -> Command:
        """Say how to run it; LocalError when it was never built."""
        program = built("minio")
        if program is None:
            raise LocalError("MinIO is not there; run `make minio`, which builds it")
        for part in ("data", "events", "certs"):
            (self.folder / part).mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        return Command(
            name=f"node-{self.name}",
            argv=(
                *(str(program), "server", "--quiet", "--address", f"{LOOPBACK}:{self.port}"),
                *("--certs-dir", str(self.folder / "certs"), str(self.folder / "data")),
            ),
            env=clean_environment(**self._settings()),
            ready=self._is_ready,
        )

    def _settings(self) -> dict[str, str]:
        webhook = {
            "ENABLE": "on",
            "ENDPOINT": self.hook_url,
            # MinIO adds the word Bearer to a token of one word.
            "AUTH_TOKEN": self.hook_secret,
            # Events that could not be delivered wait here, over restarts too.
            "QUEUE_DIR": str(self.folder / "events"),
        }
        return {
            "MINIO_ROOT_USER": self.access_key,
            "MINIO_ROOT_PASSWORD": self.secret_key,
            "MINIO_BROWSER": "off",
            "MINIO_UPDATE": "off",
            **{f"MINIO_NOTIFY_WEBHOOK_{name}_{TARGET}": webhook[name] for name in webhook},
        }

    async def _is_ready(self) -> bool:
        return await http_status(self.port, "/minio/health/ready") == OK
