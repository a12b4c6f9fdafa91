"""A running stack that everything is done to, and one line of JSON for each fault."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import signal
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.faults.crowd import Crowd
from tests.faults.truth import KEYS_OF_FILES, LAG, Truth, truth_of
from tests.world.people import people_of
from tests.world.places import NEAREST, write_places
from tests.world.stack import Stack, running_stack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator

    from tests.world.people import Visitor

WARNINGS = 15
WARNS = re.compile(r"\[(warning|error|critical) *\]|ERROR:|FATAL:|PANIC:").search
SETTLE_SECONDS = 60
RECOVER_SECONDS = 20
SETTINGS = {
    "MERIDIAN_LEASE_SECONDS": "3",
    "MERIDIAN_SWEEP_SECONDS": "1",
    "MERIDIAN_SILENT_UPLOAD_SECONDS": "2",
}
PEOPLE_IN_A_CITY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a fault did; times in seconds."""

    fault: str
    acked: int
    refused: int
    lost: int
    corrupt: int
    resurrected: int
    orphans: int
    converge_s: float
    lag_p99: float


@dataclass(slots=True)
class Report:
    """All outcomes, printed once more at the end."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """One JSON object each, and the sum."""
        names = ("lost", "corrupt", "resurrected")
        sums = (sum(getattr(one, name) for one in self.outcomes) for name in names)
        last = ", ".join(f"{name} {count}" for name, count in zip(names, sums, strict=True))
        return [*(json.dumps(asdict(one)) for one in self.outcomes), last]


kept = pytest.StashKey[Report]()


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print what was found; the last line is the sum."""
    report = config.stash.get(kept, None)
    if report is not None and report.outcomes:
        terminalreporter.section("faults")
        terminalreporter.write_line("\n".join(report.lines))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what the processes warned of: their logs end with the product."""
    report = yield
    stack = item.funcargs.get("stack")
    if report.failed and isinstance(stack, Stack):
        for log in sorted((stack.home / "logs").glob("*.log")):
            lines = [line for line in log.read_text("utf-8", "replace").splitlines() if WARNS(line)]
            if lines:
                report.sections.append((f"the end of {log.name}", "\n".join(lines[-WARNINGS:])))
    return report


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Report:
    """Where outcomes go."""
    pytestconfig.stash[kept] = Report()
    return pytestconfig.stash[kept]


@pytest.fixture
def rounds() -> int:
    """How often each fault is done: `make test-faults ROUNDS=…`."""
    return int(os.environ.get("FAULT_ROUNDS", "1"))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running product, which has to stand all of them."""
    folder = tmp_path_factory.mktemp("faults")
    places = str(write_places(folder / "places.mmdb"))
    with running_stack(folder / "home", MERIDIAN_GEOIP_DB=places, **SETTINGS) as stack:
        yield stack


@dataclass(slots=True)
class Scene:
    """A stack, the people in it, and what becomes of their files."""

    stack: Stack
    truth: Truth
    visitors: dict[str, Visitor]
    report: Report
    crowd: Crowd

    @asynccontextmanager
    async def suffering(self, fault: str) -> AsyncIterator[Crowd]:
        """Do the block while people work; then all must agree again, and every promise be kept."""
        began = time.time()
        async with self.crowd.busy():
            yield self.crowd
        converged = await self.truth.until_settled(SETTLE_SECONDS)
        await self.assert_invariants(fault, began, converged)

    async def wait_for(self, name: str) -> int:
        """Wait until a process is there; its number."""
        async with asyncio.timeout(RECOVER_SECONDS):
            while not self.stack.pid(name):
                await asyncio.sleep(0.05)
        return self.stack.pid(name)

    async def kill(self, name: str) -> None:
        """End a process without a warning."""
        os.kill(await self.wait_for(name), signal.SIGKILL)

    async def assert_invariants(self, fault: str, began: float, converged: float) -> None:
        """Hold rows, objects and memories against each other; note the outcome, then judge it."""
        found = await self.truth.compare_settled(SETTLE_SECONDS)
        lost, wrong = await self._read_all()
        gone = await self.truth.rows(KEYS_OF_FILES, [*self.crowd.deleted])
        left = {key for city in NEAREST.values() for key in self.truth.objects(city)}
        alive = [file_id for file_id in self.crowd.deleted if await self._is_there(file_id)]
        resurrected = [*alive, *(row["key"] for row in gone if row["key"] in left)]
        outcome = Outcome(
            fault=fault,
            acked=self.crowd.acked,
            refused=self.crowd.refused,
            lost=len(lost) + len(found.missing),
            corrupt=len(wrong) + len(found.corrupt),
            resurrected=len(resurrected),
            orphans=len(found.orphans),
            converge_s=round(converged, 2),
            lag_p99=round(float(await self.truth.ask(LAG, began)), 2),
        )
        self.report.outcomes.append(outcome)
        assert not self.crowd.errors, self.crowd.errors[:3]
        assert (lost, wrong, resurrected) == ([], [], [])
        assert (found.corrupt, found.missing, found.orphans, found.unfinished) == ([], [], [], 0)
        assert self.crowd.acked

    async def _read_all(self) -> tuple[list[str], list[str]]:
        """Download every file from every city that is offered; those gone, and those changed."""
        lost, wrong = [], []
        gate = asyncio.Semaphore(8)

        async def look(file_id: str, digest: str) -> None:
            async with gate:
                contents = await self._contents(file_id)
            if len(contents) < len(NEAREST):
                lost.append(file_id)
            if any(hashlib.sha256(content).hexdigest() != digest for content in contents):
                wrong.append(file_id)

        async with asyncio.TaskGroup() as group:
            for file_id, digest in self.crowd.kept.items():
                group.create_task(look(file_id, digest))
        return lost, wrong

    async def _contents(self, file_id: str) -> list[bytes]:
        """The file from every city; whoever has just come back may need a moment to offer all."""
        owner = next(iter(self.visitors.values()))
        deadline = time.monotonic() + RECOVER_SECONDS
        contents: list[bytes] = []
        while len(contents) < len(NEAREST) and time.monotonic() < deadline:
            with suppress(AssertionError, aiohttp.ClientError):
                link = await owner.storage("GET", f"/files/{file_id}/download")
                urls = [link["url"], *(other["url"] for other in link["alternates"])]
                contents = [await owner.read(url) for url in urls]
        return contents

    async def _is_there(self, file_id: str) -> bool:
        owner = next(iter(self.visitors.values()))
        deadline = time.monotonic() + RECOVER_SECONDS
        while time.monotonic() < deadline:
            with suppress(AssertionError, aiohttp.ClientError):
                await owner.storage("GET", f"/files/{file_id}", 404)
                return False
        return True


@pytest.fixture
async def scene(stack: Stack, report: Report) -> AsyncIterator[Scene]:
    """Everybody logged in anew, for tokens end; every city healed at the end."""
    async with people_of(stack.info, NEAREST) as visitors:
        crowd = Crowd([visitors[address] for address in NEAREST for _ in range(PEOPLE_IN_A_CITY)])
        scene = Scene(stack, truth_of(stack), visitors, report, crowd)
        try:
            yield scene
        finally:
            for city in NEAREST.values():
                await stack.set_fault(city, None)
