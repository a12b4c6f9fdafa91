"""The parts of an upload, each with the URL that a client PUTs it to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.servers.urls import sign_part
from shared.stores.part_sizes import count_parts, size_of_part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.storage.servers.fleet import Fleet
    from shared.catalog.servers import Server

# How many parts are signed at a time.
MOST_SIGNED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A multipart upload and where it is cut; sizes in bytes."""

    server: Server
    key: str
    multipart_id: str
    size: int
    part_size: int

    @property
    def count(self) -> int:
        """How many parts it has."""
        return count_parts(self.size, self.part_size)

    def size_of(self, number: int) -> int:
        """How long a part is."""
        return size_of_part(self.size, self.part_size, number)


@dataclass(frozen=True, slots=True)
class SignedPart:
    """How a client sends one part: a PUT of exactly `size` bytes, without headers of its own."""

    number: int
    size: int
    url: str


def sign_parts(fleet: Fleet, cut: Cut, numbers: Iterable[int], seconds: int) -> list[SignedPart]:
    """Sign some parts for so many seconds."""
    return [
        SignedPart(
            number,
            size,
            sign_part(fleet.stores, cut.server, cut.key, cut.multipart_id, number, size, seconds),
        )
        for number in numbers
        for size in (cut.size_of(number),)
    ]
