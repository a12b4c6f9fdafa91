"""The S3 server of a city as VersityGW: see docs/storage-servers.md."""

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

HEALTH = "/-/health"
OK = 200


@dataclass(frozen=True, slots=True)
class VersityNode:
    """A server named `name` that keeps its objects below `folder` and tells `hook_url` of them.

    It cannot show a secret, so in the local stack its edge hands on what it tells.
    """

    is_complete: ClassVar[bool] = True
    # It does not start unless somebody takes its events.
    needs_edge: ClassVar[bool] = True

    name: str
    folder: Path
    port: int
    access_key: str
    secret_key: str = field(repr=False)
    hook_url: str

    @property
    def endpoint(self) -> str:
        """Its own address, past the edge."""
        return f"http://{LOOPBACK}:{self.port}"

    def command(self) -> Command:
        """Say how to run it; LocalError when it was never built."""
        program = built("versitygw")
        if program is None:
            raise LocalError("VersityGW is not there; run `make versitygw`, which builds it")
        for part in ("data", "metadata"):
            (self.folder / part).mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        return Command(
            name=f"node-{self.name}",
            argv=(
                *(str(program), "--port", f"{LOOPBACK}:{self.port}", "--quiet", "--keep-alive"),
                *("--health", HEALTH, "--event-webhook-url", self.hook_url),
                # Extended attributes are not to be had on every file system.
                *("posix", "--sidecar", str(self.folder / "metadata"), str(self.folder / "data")),
            ),
            env=clean_environment(
                ROOT_ACCESS_KEY_ID=self.access_key, ROOT_SECRET_ACCESS_KEY=self.secret_key
            ),
            ready=self._is_ready,
        )

    async def _is_ready(self) -> bool:
        return await http_status(self.port, HEALTH) == OK
