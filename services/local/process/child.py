"""One process of the local stack: start it, wait until it is ready, stop it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.local.process.log import open_log
from services.local.process.reason import ChildError, ending, failure, tail

if TYPE_CHECKING:
    from services.local.process.guard import Guard

PROJECT = Path(__file__).resolve().parents[3]
# Long enough for a machine that has much else to do.
READY_SECONDS = 120
SHORTEST_POLL = 0.005
LONGEST_POLL = 0.1

Probe = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """How to run a process, and how to see that it does its work."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    ready: Probe
    stop_signal: signal.Signals = signal.SIGTERM


@dataclass(frozen=True, slots=True)
class Child:
    """A process that was started; `log_start` is where its part of the log begins (bytes)."""

    command: Command
    process: asyncio.subprocess.Process
    log: Path
    log_start: int

    @property
    def pid(self) -> int:
        """The process number."""
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.returncode is None

    async def until_ready(self) -> None:
        """Wait until it answers; ChildError with its last words when it ends or never does."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._poll()
        except TimeoutError:
            raise self._failure(f"was not ready after {READY_SECONDS} s") from None
        if not self.is_alive:
            raise self._failure(ending(self.process.returncode or 0))

    async def stop(self, grace: float) -> None:
        """Ask it to end; kill it after `grace` seconds."""
        self.send(self.command.stop_signal)
        try:
            await asyncio.wait_for(self.process.wait(), grace)
        except TimeoutError:
            self.send(signal.SIGKILL)
            await self.process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    async def _poll(self) -> None:
        pause = SHORTEST_POLL
        while self.is_alive and not await self.command.ready():
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_POLL)

    def _failure(self, what: str) -> ChildError:
        return failure(self.command.name, what, tail(self.log, self.log_start))


async def start_child(command: Command, guard: Guard, logs: Path) -> Child:
    """Start a process under guard, its output going to a log; ChildError when it cannot run."""
    log = logs / f"{command.name}.log"
    descriptor = open_log(log)
    try:
        log_start = os.fstat(descriptor).st_size
        process = await _spawn(command, guard, descriptor)
    except OSError as error:
        raise failure(command.name, "could not be started", str(error)) from error
    finally:
        os.close(descriptor)
    if command.stop_signal is signal.SIGINT:
        guard.interrupt_at_end(process.pid)
    return Child(command, process, log, log_start)


async def _spawn(command: Command, guard: Guard, output: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *command.argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=PROJECT,
        env=command.env,
        process_group=guard.group,
        pass_fds=(guard.life,),
    )
