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
    from collections.abc import Iterable, Mapping

Row: TypeAlias = "Mapping[str, Any]"
Chained: TypeAlias = "tuple[Link, Row]"

TEXTUAL: Final = (UUID, IPv4Address, IPv6Address, IPv4Interface, IPv6Interface)


@dataclass(frozen=True, slots=True)
class Link:
    """The place of a row in the chain."""

    number: int
    hash: bytes


GENESIS: Final = Link(0, bytes(hashlib.sha256().digest_size))


def next_link(before: Link, row: Row) -> Link:
    """Return the link of the row behind another; `row` is all that the chain is to protect."""
    content = json.dumps(_plain(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(before.hash + content.encode("utf-8", "surrogatepass")).digest()
    return Link(before.number + 1, digest)


def follow(before: Link, rows: Iterable[Chained]) -> tuple[Link, int | None]:
    """Check rows one by one: the last good link, and the number of the first broken row."""
    for link, row in rows:
        expected = next_link(before, row)
        if expected != link:
            return before, expected.number
        before = link
    return before, None


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
