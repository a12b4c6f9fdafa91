"""An edge whose S3 server was killed."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.local.cities import running_city

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio

SIZE = 16 * 1024 * 1024


async def test_a_download_that_the_node_breaks_off_does_not_look_whole(tmp_path: Path) -> None:
    async with running_city(tmp_path) as city:
        key = await city.put(bytes(SIZE))
        await city.fault(bytes_per_second=SIZE)
        download = asyncio.create_task(city.get(key))
        await asyncio.sleep(0.3)
        city.children["node"].send(signal.SIGKILL)
        with pytest.raises(aiohttp.ClientError):
            await download
        assert "Traceback" not in city.children["edge"].log.read_text()


async def test_a_killed_node_is_unavailable(tmp_path: Path) -> None:
    async with running_city(tmp_path) as city:
        key = await city.put(b"hello")
        city.children["node"].send(signal.SIGKILL)
        await city.children["node"].process.wait()
        answer = await city.get(key)
        assert answer.status == 503
        assert b"ServiceUnavailable" in answer.body
        assert answer.headers["access-control-allow-origin"] == "*"
