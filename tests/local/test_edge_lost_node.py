"""An edge whose S3 server was killed."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.local.cities import running_city

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio


async def test_a_killed_node_is_unavailable(tmp_path: Path) -> None:
    async with running_city(tmp_path) as city:
        key = await city.put(b"hello")
        city.children["node"].send(signal.SIGKILL)
        await city.children["node"].process.wait()
        answer = await city.get(key)
        assert answer.status == 503
        assert b"ServiceUnavailable" in answer.body
        assert answer.headers["access-control-allow-origin"] == "*"
