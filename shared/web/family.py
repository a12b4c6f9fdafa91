"""The parent of processes that share a port: one that dies is started again, the others go on."""

from __future__ import annotations

import os
import select
import signal
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

KILL_SECONDS: Final = 5
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 10.0
# A process that lived this long is not one that dies at once every time.
CALM_SECONDS: Final = 30
FAILED: Final = 1
OURS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD)
WAKE_BYTES: Final = 4096

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


@dataclass(slots=True)
class Member:
    """One process by its name, over its deaths; times in seconds of our clock."""

    name: str
    pid: int = 0
    born: float = 0
    due: float = 0
    pause: float = 0


@dataclass(slots=True)
class Family:
    """Runs `begin(name)` in children; `has_begun(name)` tells whether one got to its work."""

    begin: Callable[[str], int]
    has_begun: Callable[[str], bool]
    members: list[Member] = field(default_factory=list)
    has_worked: bool = False
    is_stopping: bool = False
    exit_code: int = 0

    def run(self, count: int) -> int:
        """Keep so many processes alive until SIGTERM or SIGINT; the exit code for us.

        A process that fails before any has begun its work ends the whole: its settings are wrong.
        """
        woken, wake = os.pipe()
        for end in (woken, wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGALRM, self._kill)
        signal.signal(signal.SIGCHLD, _hear)
        self.members = [Member(str(number)) for number in range(1, count + 1)]
        while self._start_due() or self._living():
            select.select([woken], [], [], self._next_due())
            _drain(woken)
            self._reap()
        signal.alarm(0)
        return self.exit_code

    def _living(self) -> list[Member]:
        return [member for member in self.members if member.pid]

    def _start_due(self) -> bool:
        """Start whose time has come; whether anybody is to be waited for."""
        waiting = [] if self.is_stopping else [one for one in self.members if not one.pid]
        for member in waiting:
            if member.due <= monotonic():
                self._fork(member)
        return bool(waiting)

    def _next_due(self) -> float | None:
        """How long nothing is to be started; None: until something happens."""
        if self.is_stopping:
            return None
        moments = [member.due for member in self.members if not member.pid]
        return max(0.0, min(moments) - monotonic()) if moments else None

    def _fork(self, member: Member) -> None:
        # A signal between the fork and the child's own handlers would be taken for ours.
        signal.pthread_sigmask(signal.SIG_BLOCK, OURS)
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            for number in OURS:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, OURS)
            os._exit(self.begin(member.name))
        member.pid = pid
        member.born = monotonic()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, OURS)

    def _reap(self) -> None:
        for member in self._living():
            pid, status = os.waitpid(member.pid, os.WNOHANG)
            if pid:
                member.pid = 0
                self._note_end(member, os.waitstatus_to_exitcode(status))

    def _note_end(self, member: Member, code: int) -> None:
        self.has_worked = self.has_worked or self.has_begun(member.name)
        if self.is_stopping:
            if code:
                self.exit_code = FAILED
            return
        log.error("a process ended", process=member.name, status=code)
        if not self.has_worked:
            self.exit_code = FAILED
            self._stop()
            return
        if monotonic() - member.born > CALM_SECONDS:
            member.pause = 0
        member.due = monotonic() + member.pause
        member.pause = min(max(member.pause * 2, FIRST_PAUSE), LONGEST_PAUSE)

    def _stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """Ask all to finish, and soon no longer ask."""
        self.is_stopping = True
        signal.alarm(KILL_SECONDS)
        self._send(signal.SIGTERM)

    def _kill(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        """End who did not finish in time."""
        log.error("killed what did not stop", pids=[member.pid for member in self._living()])
        self.exit_code = FAILED
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        for member in self._living():
            os.kill(member.pid, number)


def _hear(_number: int, _frame: FrameType | None) -> None:
    """Have the signal wake us."""


def _drain(pipe: int) -> None:
    try:
        os.read(pipe, WAKE_BYTES)
    except BlockingIOError:
        return
