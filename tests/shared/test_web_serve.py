"""Processes that share a port: they start, share, finish their work and go together."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import time
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.free_port import free_port
from tests.world.calm import calm_clock

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Iterator

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 30
SOON = 8


class Service:
    """A running service and what it said."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.pids: list[int] = []

    async def get(self, path: str) -> Any:
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}{path}") as answer:
            if answer.content_type == "application/json":
                return await answer.json()
            return await answer.text()

    async def all_pids(self, count: int) -> set[int]:
        """Ask over new connections until every process has answered."""
        seen: set[int] = set()
        async with asyncio.timeout(PATIENCE):
            while len(seen) < count:
                assert self.process.returncode is None, (await self.end())[1]
                try:
                    seen.add((await self.get("/t/v1/pid"))["pid"])
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.05)
        return seen

    async def says(self, word: str, count: int) -> None:
        """Wait until every process has said it."""
        stream = self.process.stdout
        assert stream
        async with asyncio.timeout(PATIENCE):
            while count:
                count -= (await stream.readline()).decode().strip() == word

    async def end(self) -> tuple[int, str]:
        """Wait for the end; tell the exit code and the output."""
        async with asyncio.timeout(PATIENCE):
            out, _ = await self.process.communicate()
        return await self.process.wait(), out.decode()


@asynccontextmanager
async def served(
    processes: int, fault: str = "", port: int = 0, temporary: Path | None = None
) -> AsyncIterator[Service]:
    """Run a service; nothing of it is left behind."""
    port = port or free_port()
    command = [sys.executable, "-m", "tests.shared.served", str(port), str(processes), fault]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env={**os.environ, **({"TMPDIR": str(temporary)} if temporary else {})},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield Service(process, port)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.communicate()


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return ") Z " not in stat


async def gone(pids: set[int]) -> None:
    """Wait until no such process lives."""
    async with asyncio.timeout(PATIENCE):
        while any(is_alive(pid) for pid in pids):
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("processes", [1, 3])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_stops_when_told(processes: int, number: signal.Signals) -> None:
    async with served(processes) as service:
        pids = await service.all_pids(processes)
        assert len(pids) == processes
        with calm_clock() as passed:
            service.process.send_signal(number)
            code, said = await service.end()
            assert passed() < 3
        assert code == 0
        assert said.count("closed\n") == processes
        await gone(pids)


@pytest.mark.parametrize("processes", [1, 2])
async def test_request_in_flight_is_finished(processes: int) -> None:
    async with served(processes) as service:
        await service.all_pids(processes)
        slow = [asyncio.create_task(service.get("/t/v1/slow/1.5")) for _ in range(6)]
        await asyncio.sleep(0.5)
        service.process.terminate()
        assert all("pid" in answer for answer in await asyncio.gather(*slow))
        assert (await service.end())[0] == 0


async def test_work_without_end_is_cut_off() -> None:
    async with served(1) as service:
        await service.all_pids(1)
        slow = asyncio.create_task(service.get("/t/v1/slow/60"))
        await asyncio.sleep(0.3)
        with calm_clock() as passed:
            service.process.terminate()
            assert (await service.end())[0] == 0
            assert passed() < SOON
        with pytest.raises(aiohttp.ClientError):
            await slow


@pytest.mark.parametrize("processes", [1, 2])
async def test_resource_that_does_not_close_is_left(processes: int) -> None:
    async with served(processes, "stuck") as service:
        pids = await service.all_pids(processes)
        with calm_clock() as passed:
            service.process.terminate()
            await service.end()
            assert passed() < SOON
        await gone(pids)


async def test_streams_do_not_hold_up_the_stop() -> None:
    async with served(2) as service, aiohttp.ClientSession() as session:
        await service.all_pids(2)
        streams = [await session.get(f"{service.url}/t/v1/live") for _ in range(8)]
        with calm_clock() as passed:
            service.process.terminate()
            assert (await service.end())[0] == 0
            assert passed() < 3
        for stream in streams:
            stream.close()


async def test_one_that_dies_is_started_again_and_the_others_go_on() -> None:
    async with served(3) as service:
        before = await service.all_pids(3)
        lost = min(before)
        waiting = asyncio.create_task(until_new(service, before))
        os.kill(lost, signal.SIGKILL)
        assert await waiting not in before
        assert await service.all_pids(3) - before
        assert all(is_alive(pid) for pid in before - {lost})
        service.process.terminate()
        code, said = await service.end()
        assert code == 0
        assert said.count("a process ended") == 1


async def until_new(service: Service, before: set[int]) -> int:
    """Ask until somebody else answers; nobody who is alive may fail meanwhile."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(aiohttp.ClientConnectionError):
                pid = int((await service.get("/t/v1/pid"))["pid"])
                if pid not in before:
                    return pid


async def test_one_that_dies_again_and_again_is_waited_for_longer() -> None:
    async with served(2) as service:
        pids = await service.all_pids(2)
        kept = max(pids)
        moments = []
        for _ in range(4):
            lost = min(pids - {kept})
            began = time.monotonic()
            os.kill(lost, signal.SIGKILL)
            pids = {kept, await until_new(service, pids)}
            moments.append(time.monotonic() - began)
        assert moments[-1] > 0.8
        assert is_alive(kept)


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose name leaves room for that of a socket, as one of pytest may not."""
    with tempfile.TemporaryDirectory(prefix="m-", dir="/tmp") as folder:
        yield Path(folder)


async def test_a_long_name_of_the_temporary_folder_is_no_hindrance(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 20)
    deep.mkdir()
    async with served(2, temporary=deep) as service:
        await service.all_pids(2)
        service.process.terminate()
        assert (await service.end())[0] == 0
    assert list(deep.iterdir()) == []


async def test_sockets_that_a_kill_left_are_cleared_away(short_path: Path) -> None:
    port = free_port()
    for _ in range(2):
        async with served(2, port=port, temporary=short_path) as service:
            pids = await service.all_pids(2)
            (folder,) = short_path.iterdir()
            assert sorted(path.name for path in folder.iterdir()) == ["1", "2"]
            os.killpg(service.process.pid, signal.SIGKILL)
            await service.end()
            # The end of the output is not yet the end of the process, nor of its hold on the port.
            await gone(pids)
    async with served(2, port=port, temporary=short_path) as service:
        await service.all_pids(2)
        service.process.terminate()
        await service.end()
    assert list(short_path.iterdir()) == []


async def test_parent_dies_children_go() -> None:
    async with served(2) as service:
        pids = await service.all_pids(2)
        service.process.kill()
        await gone(pids)
        await service.end()


@pytest.mark.parametrize("processes", [1, 2])
async def test_failed_start_is_told_by_the_exit_code(processes: int) -> None:
    async with served(processes, "start") as service:
        code, said = await service.end()
        assert code == 1
        assert "cannot start" in said


@pytest.mark.parametrize("processes", [1, 2])
async def test_stop_during_a_start_that_hangs(processes: int) -> None:
    async with served(processes, "hang") as service:
        await service.says("hanging", processes)
        service.process.terminate()
        assert (await service.end())[0] == 0


@pytest.mark.parametrize("processes", [1, 2])
async def test_taken_port_is_an_error(processes: int) -> None:
    async with served(2) as first:
        await first.all_pids(2)
        async with served(processes, port=first.port) as second:
            code, said = await second.end()
            assert code == 1
            assert "cannot listen" in said
            assert str(first.port) in said


async def test_one_scrape_tells_of_all() -> None:
    async with served(3) as service:
        await service.all_pids(3)
        text = await service.get("/metrics")
        families = {family.name: family for family in text_string_to_metric_families(text)}
        counted = [
            sample.labels["process"]
            for sample in families["meridian_http_request_seconds"].samples
            if sample.name.endswith("_count") and sample.labels["route"] == "/t/v1/pid"
        ]
        assert sorted(counted) == ["1", "2", "3"]
