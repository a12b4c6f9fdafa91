"""Runs an application in several processes that share one port, and stops them with grace."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from shared.web.process import AppFactory, Place, run_process

if TYPE_CHECKING:
    from types import FrameType

KILL_SECONDS: Final = 5
FAILED: Final = 1

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


def serve(factory: AppFactory, host: str, port: int, processes: int = 1) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code: not 0 when a process failed.

    Each process makes its own application. Connections spread evenly over them (SO_REUSEPORT).
    """
    try:
        _refuse_taken(host, port)
    except OSError as error:
        log.error("cannot listen", host=host, port=port, error=str(error))
        return FAILED
    place = Place(host, port)
    if processes == 1:
        return _serve_here(factory, place)
    folder = Path(tempfile.mkdtemp(prefix="meridian-"))
    try:
        return _serve_in_children(factory, replace(place, siblings=folder), processes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _refuse_taken(host: str, port: int) -> None:
    # With SO_REUSEPORT a second service would get half of the connections instead of an error.
    family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def _serve_here(factory: AppFactory, place: Place) -> int:
    try:
        asyncio.run(run_process(factory, place))
    except Exception as error:
        log.error("the process failed", process=place.name, exc_info=error)
        return FAILED
    return 0


def _serve_in_children(factory: AppFactory, place: Place, processes: int) -> int:
    lifeline, kept_open = os.pipe()
    family = Family()
    for number in range(1, processes + 1):
        pid = os.fork()
        if pid == 0:
            os.close(kept_open)
            os._exit(_serve_here(factory, replace(place, name=str(number), lifeline=lifeline)))
        family.children.add(pid)
    os.close(lifeline)
    return family.wait()


@dataclass(slots=True)
class Family:
    """The parent's view of its children: all live, or all go."""

    children: set[int] = field(default_factory=set)
    is_stopping: bool = False
    exit_code: int = 0

    def wait(self) -> int:
        """Wait for the end of all; one that ends by itself takes the others along."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        signal.signal(signal.SIGALRM, self.kill)
        while self.children:
            pid, status = os.wait()
            self.children.discard(pid)
            self._note_end(pid, status)
        signal.alarm(0)
        return self.exit_code

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Ask all to finish, and soon no longer ask."""
        self.is_stopping = True
        signal.alarm(KILL_SECONDS)
        self._send(signal.SIGTERM)

    def kill(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """End who did not finish in time."""
        log.error("killed what did not stop", pids=sorted(self.children))
        self.exit_code = FAILED
        self._send(signal.SIGKILL)

    def _note_end(self, pid: int, status: int) -> None:
        if os.waitstatus_to_exitcode(status) == 0 and self.is_stopping:
            return
        if not self.is_stopping:
            log.error("a process ended", pid=pid, status=os.waitstatus_to_exitcode(status))
            self.stop()
        self.exit_code = FAILED

    def _send(self, number: signal.Signals) -> None:
        for child in self.children:
            os.kill(child, number)
