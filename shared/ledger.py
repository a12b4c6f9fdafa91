"""A chain of hashes over rows that are only ever added: what was changed later shows.

Each row keeps SHA-256 of the hash before it and of what it says. Whoever changes, takes out or puts
in a row breaks the chain behind it. Who rewrites all of it to the end does not, so keep the hash of
the end now and then where the database cannot reach it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

Row: TypeAlias = "Mapping[str, Any]"
# A row that was dropped on purpose is None: its hash is taken as it stands.
Chained: TypeAlias = "tuple[Link, Row | None]"
ReadLinks: TypeAlias = "Callable[[int], Awaitable[list[Chained]]]"

TEXTUAL: Final = (UUID, IPv4Address, IPv6Address, IPv4Interface, IPv6Interface)


@dataclass(frozen=True, slots=True)
class Link:
    """The place of a row in the chain."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The last good link, and the number of the first row that is broken or missing."""

    last: Link
    broken: int | None


GENESIS: Final = Link(0, bytes(hashlib.sha256().digest_size))


def next_link(before: Link, row: Row) -> Link:
    """Return the link of the row behind another; `row` is all that the chain is to protect."""
    content = json.dumps(_plain(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(before.hash + content.encode("utf-8", "surrogatepass")).digest()
    return Link(before.number + 1, digest)


def follow(before: Link, rows: Iterable[Chained]) -> tuple[Link, int | None]:
    """Check rows one by one: the last good link, and the number of the first broken row."""
    for link, row in rows:
        number = before.number + 1
        expected = Link(number, link.hash) if row is None else next_link(before, row)
        if expected != link:
            return before, number
        before = link
    return before, None


async def follow_all(read: ReadLinks, start: Link, end: Link, known: Link) -> Verdict:
    """Check a chain as `read` gives it behind a number: it leads to `end`, by `known`."""
    last = start
    while rows := await read(last.number):
        replaced = [link for link, _ in rows if link.number == known.number and link != known]
        last, broken = follow(last, rows)
        if broken is not None or replaced:
            return Verdict(last, known.number if broken is None else broken)
    is_short = any(last.number < one.number for one in (end, known)) or end != last
    return Verdict(last, last.number + 1 if is_short else None)


def read_link(text: str) -> Link:
    """Read `number:hash`, as `str` writes a link; ValueError for anything else."""
    number, _, digest = text.partition(":")
    return Link(int(number), bytes.fromhex(digest))


def _plain(value: Any) -> Any:
    """Write a value as it comes back from PostgreSQL, whichever way it went in."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, TEXTUAL):
        return str(value)
    is_whole = isinstance(value, float) and value.is_integer()
    return int(value) if is_whole else value
