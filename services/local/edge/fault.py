"""Slows or loses a city on request: `PUT /-/fault`, `DELETE /-/fault`."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import Any
from weakref import WeakSet

LONGEST_LATENCY_MS = 600_000
DROP, REPEAT = "drop", "repeat"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a city: milliseconds before each answer, a limit each way, or all.

    `break_after` so many bytes a body is cut off; `flip` changes a bit of what comes `in` or goes
    `out`; `events` are dropped or told twice.
    """

    latency_ms: float | None = None
    bytes_per_second: int | None = None
    down: bool = False
    break_after: int | None = None
    flip: str | None = None
    events: str | None = None

    def __post_init__(self) -> None:
        """Refuse what makes no sense with ValueError."""
        latency, limit = self.latency_ms, self.bytes_per_second
        _demand(
            _is_number(latency, 0, LONGEST_LATENCY_MS),
            f"latency_ms must be a number from 0 to {LONGEST_LATENCY_MS}",
        )
        _demand(
            _is_number(limit, 1, float("inf")) and not isinstance(limit, float),
            "bytes_per_second must be a whole number above 0",
        )
        _demand(isinstance(self.down, bool), "down must be true or false")
        longest = _is_number(self.break_after, 0, float("inf"))
        _demand(
            longest and not isinstance(self.break_after, float),
            "break_after must be a whole number of bytes",
        )
        _demand(self.flip in {None, "in", "out"}, "flip must be in or out")
        _demand(self.events in {None, DROP, REPEAT}, f"events must be {DROP} or {REPEAT}")


def parse_fault(fields: Any) -> Fault:
    """Read a fault from a JSON body; ValueError says what is wrong with it."""
    try:
        return Fault(**fields)
    except TypeError as error:
        known = ", ".join(asdict(Fault()))
        raise ValueError(f"the body must be a JSON object of {known}") from error


class Link:
    """The way into a city: faults apply to whatever passes it."""

    def __init__(self) -> None:
        self.fault = Fault()
        self._changed = asyncio.Event()
        self._open: WeakSet[asyncio.Transport] = WeakSet()
        self._free_at = {"in": 0.0, "out": 0.0}

    def set(self, fault: Fault) -> None:
        """Put a fault in place of the one before; a city going down cuts what is under way."""
        self.fault = fault
        self._free_at = {"in": 0.0, "out": 0.0}
        self._changed.set()
        self._changed = asyncio.Event()
        if fault.down:
            for transport in list(self._open):
                transport.abort()

    async def enter(self, transport: asyncio.Transport) -> None:
        """Let a request in, late if need be; ConnectionAbortedError when the city is down."""
        self._open.add(transport)
        if self.fault.latency_ms:
            await self._pause(self.fault.latency_ms / 1000)
        if self.fault.down:
            transport.abort()
            raise ConnectionAbortedError("the city is down")

    async def spend(self, way: str, size: int) -> None:
        """Wait until `size` bytes fit through, `in` or `out`."""
        if self.fault.bytes_per_second:
            now = asyncio.get_running_loop().time()
            self._free_at[way] = max(self._free_at[way], now) + size / self.fault.bytes_per_second
            await self._pause(self._free_at[way] - now)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return


@dataclass(slots=True)
class Passage:
    """One body on its way through a link, `in` or `out`."""

    link: Link
    way: str
    passed: int = 0

    async def carry(self, chunk: bytes) -> bytes:
        """Let a piece through, late or changed if need be; ConnectionAbortedError cuts it off."""
        await self.link.spend(self.way, len(chunk))
        self.passed += len(chunk)
        fault = self.link.fault
        if fault.break_after is not None and self.passed > fault.break_after:
            raise ConnectionAbortedError("the line broke")
        if fault.flip == self.way and chunk:
            return bytes((chunk[0] ^ 1,)) + chunk[1:]
        return chunk


def _is_number(number: object, low: float, high: float) -> bool:
    if number is None:
        return True
    return (
        isinstance(number, int | float) and not isinstance(number, bool) and low <= number <= high
    )


def _demand(fulfilled: bool, otherwise: str) -> None:
    if not fulfilled:
        raise ValueError(otherwise)
