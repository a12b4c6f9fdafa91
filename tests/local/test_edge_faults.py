"""Cities that are slow or lost, as asked for."""

from __future__ import annotations

import asyncio
import json
from time import monotonic
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.world.calm import PATIENCE_SECONDS

if TYPE_CHECKING:
    from tests.local.cities import LiveCity

pytestmark = pytest.mark.asyncio(loop_scope="module")

MEBIBYTE = 1024 * 1024
LATENCY = 0.2
# A MiB at 2 MiB/s, of which the first chunk is let through at once.
TRANSFER_SECONDS = 0.4


async def test_latency_delays_each_answer(city: LiveCity) -> None:
    key = await city.put(b"hello")
    await city.fault(latency_ms=LATENCY * 1000)
    began = monotonic()
    assert (await city.get(key)).status == 200
    assert monotonic() - began >= LATENCY


@pytest.mark.parametrize("way", ["in", "out"])
async def test_bandwidth_is_limited_each_way(city: LiveCity, way: str) -> None:
    key = await city.put(bytes(MEBIBYTE))
    await city.fault(bytes_per_second=2 * MEBIBYTE)
    began = monotonic()
    if way == "in":
        await city.put(bytes(MEBIBYTE))
    else:
        assert len((await city.get(key)).body) == MEBIBYTE
    assert monotonic() - began >= TRANSFER_SECONDS


async def test_the_end_of_a_fault_frees_what_waits(city: LiveCity) -> None:
    key = await city.put(bytes(MEBIBYTE))
    await city.fault(bytes_per_second=100)
    download = asyncio.create_task(city.get(key))
    await asyncio.sleep(0.1)
    assert not download.done()
    await city.fault()
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert len((await download).body) == MEBIBYTE


async def test_a_city_that_is_down_answers_nobody(city: LiveCity) -> None:
    key = await city.put(b"hello")
    await city.fault(down=True)
    with pytest.raises(aiohttp.ClientConnectionError):
        await city.get(key)
    await city.fault()
    assert (await city.get(key)).body == b"hello"
    assert "Traceback" not in city.children["edge"].log.read_text()


async def test_going_down_cuts_what_is_under_way(city: LiveCity) -> None:
    key = await city.put(bytes(4 * MEBIBYTE))
    await city.fault(bytes_per_second=MEBIBYTE)
    download = asyncio.create_task(city.get(key))
    await asyncio.sleep(0.2)
    await city.fault(down=True)
    with pytest.raises(aiohttp.ClientError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await download


async def test_the_fault_is_shown(city: LiveCity) -> None:
    url = f"{city.edge.endpoint}/-/fault"
    await city.fault(latency_ms=5, down=False)
    answer = await city.ask("GET", url)
    told = json.loads(answer.body)
    assert {name: fault for name, fault in told.items() if fault} == {"latency_ms": 5}
    assert told["bytes_per_second"] is None
    assert told["down"] is False


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"latency": 5}',
        b'{"latency_ms": -1}',
        b'{"break_after": -1}',
        b'{"break_after": 1.5}',
        b'{"flip": "up"}',
        b'{"events": "lose"}',
        b'{"latency_ms": "5"}',
        b'{"latency_ms": true}',
        b'{"latency_ms": 1e9}',
        b'{"latency_ms": NaN}',
        b'{"bytes_per_second": 0}',
        b'{"bytes_per_second": 1.5}',
        b'{"down": 1}',
    ],
)
async def test_nonsense_is_refused(city: LiveCity, body: bytes) -> None:
    answer = await city.ask("PUT", f"{city.edge.endpoint}/-/fault", data=body)
    assert answer.status == 400
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_page_in_a_browser_cannot_break_a_city(city: LiveCity) -> None:
    url = f"{city.edge.endpoint}/-/fault"
    foreign: dict[str, Any] = {"Origin": "http://evil.example"}
    assert (await city.ask("PUT", url, json={"down": True}, headers=foreign)).status == 403
    preflight = {**foreign, "Access-Control-Request-Method": "PUT"}
    answer = await city.ask("OPTIONS", url, headers=preflight)
    assert answer.status == 404
    assert "access-control-allow-origin" not in answer.headers


async def test_a_line_breaks_in_the_middle_of_a_body(city: LiveCity) -> None:
    key = await city.put(bytes(MEBIBYTE))
    await city.fault(break_after=300_000)
    with pytest.raises(aiohttp.ClientPayloadError):
        await city.get(key)


@pytest.mark.parametrize("way", ["in", "out"])
async def test_a_bit_flips_on_the_way(city: LiveCity, way: str) -> None:
    if way == "in":
        await city.fault(flip="in")
    key = await city.put(b"hello")
    await city.fault(**({"flip": "out"} if way == "out" else {}))
    assert (await city.get(key)).body == b"iello"
    await city.fault()
    assert (await city.get(key)).body == (b"iello" if way == "in" else b"hello")


async def test_events_are_dropped_or_told_twice(city: LiveCity) -> None:
    await city.fault(events="drop")
    await city.put(b"silent")
    await city.fault(events="repeat")
    key = await city.put(b"loud")
    assert [(await city.listener.next()).described["key"] for _ in range(2)] == [key, key]
