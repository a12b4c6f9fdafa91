"""Hashes of bytes as they pass: SHA-256 to compare copies, MD5 to compare with ETags."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.stores.digest import WORTH_A_THREAD

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Hashing:
    """What is hashed beside the SHA-256 of the whole: each costs time of a processor."""

    part_size: int
    sha256_of_parts: bool = False
    md5_of_whole: bool = True
    md5_of_parts: bool = False


class Fingerprint:
    """Of one reading."""

    def __init__(self, hashing: Hashing) -> None:
        self.size = 0
        self._hashing = hashing
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._parts: list[_Part] = [_Part()]

    @property
    def part_size(self) -> int:
        """Where the parts end."""
        return self._hashing.part_size

    @property
    def sha256(self) -> bytes:
        """Of all bytes so far."""
        return self._sha256.digest()

    @property
    def md5(self) -> str | None:
        """Of all bytes so far, as an ETag writes it; None when nobody asked for it."""
        return self._md5.hexdigest() if self._hashing.md5_of_whole else None

    @property
    def parts(self) -> list[str]:
        """The MD5 of every part, the last one as far as it has come; none unless asked for."""
        return [part.md5.hexdigest() for part in self._parts] if self._hashing.md5_of_parts else []

    @property
    def etag_of_parts(self) -> str | None:
        """What an S3 server calls an object that was joined of these parts; None likewise."""
        if not self._hashing.md5_of_parts:
            return None
        digests = b"".join(part.md5.digest() for part in self._parts)
        return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(self._parts)}"

    @property
    def sha256_of_parts(self) -> list[bytes]:
        """The SHA-256 of every part; none unless asked for."""
        if not self._hashing.sha256_of_parts:
            return []
        return [part.sha256.digest() for part in self._parts]

    def cut(self, piece: bytes) -> Iterator[bytes]:
        """Cut a piece where the parts end."""
        while len(piece) > self._part_left:
            left = self._part_left
            yield piece[:left]
            piece = piece[left:]
        yield piece

    async def add(self, piece: bytes) -> None:
        """Hash a piece that crosses no end of a part, beside the event loop if it is long."""
        if len(piece) < WORTH_A_THREAD:
            self._add(piece)
        else:
            await asyncio.to_thread(self._add, piece)

    @property
    def _part_left(self) -> int:
        return self.part_size - self.size % self.part_size

    def _add(self, piece: bytes) -> None:
        if self.size and not self.size % self.part_size:
            self._parts.append(_Part())
        wanted, part = self._hashing, self._parts[-1]
        self._sha256.update(piece)
        if wanted.md5_of_whole:
            self._md5.update(piece)
        if wanted.md5_of_parts:
            part.md5.update(piece)
        if wanted.sha256_of_parts:
            part.sha256.update(piece)
        self.size += len(piece)


class _Part:
    """The hashes of one part."""

    def __init__(self) -> None:
        self.md5 = hashlib.md5(usedforsecurity=False)
        self.sha256 = hashlib.sha256()
