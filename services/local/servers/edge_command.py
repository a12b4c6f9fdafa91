"""A city of the local stack: its S3 server, and the edge in front of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from services.local.process.child import Command
from services.local.process.ports import LOOPBACK
from services.local.process.programs import clean_environment
from services.local.process.ready import http_status

if TYPE_CHECKING:
    from services.local.servers.cities import City
    from services.local.servers.kinds import AnyNode


@dataclass(frozen=True, slots=True)
class Edge:
    """The front of `node` on `port`; events go to `hook_url`."""

    city: City
    node: AnyNode
    port: int
    hook_url: str
    hook_secret: str

    @property
    def endpoint(self) -> str:
        """The address that everybody uses."""
        return f"http://{LOOPBACK}:{self.port}"

    def command(self) -> Command:
        """Say how to run it."""
        return Command(
            name=f"edge-{self.city.name}",
            argv=(
                *(sys.executable, "-m", "services.local.edge", "--port", str(self.port)),
                *("--node", self.node.endpoint, "--folder", str(self.node.folder)),
                *("--hook-url", self.hook_url),
                *(("--plain",) if self.node.is_complete else ()),
            ),
            env=clean_environment(MERIDIAN_EDGE_HOOK_SECRET=self.hook_secret),
            ready=self._is_ready,
        )

    async def _is_ready(self) -> bool:
        return await http_status(self.port, "/-/fault") == HTTPStatus.OK
