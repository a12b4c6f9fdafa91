"""Hashes of bytes as they pass: SHA-256 to compare copies, MD5 to compare with ETags."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from shared.stores.digest import WORTH_A_THREAD

if TYPE_CHECKING:
    from collections.abc import Iterator


class Fingerprint:
    """Of one reading; `part_bytes` is where the object is cut, if it is."""

    def __init__(self, part_bytes: int | None = None) -> None:
        self.size = 0
        self._part_bytes = part_bytes
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._parts: list[str] = []
        self._part = hashlib.md5(usedforsecurity=False)

    @property
    def sha256(self) -> bytes:
        """Of all bytes so far."""
        return self._sha256.digest()

    @property
    def md5(self) -> str:
        """Of all bytes so far, as an ETag writes it."""
        return self._md5.hexdigest()

    @property
    def parts(self) -> list[str]:
        """The MD5 of every part, the last one as far as it has come."""
        return [*self._parts, self._part.hexdigest()]

    def cut(self, piece: bytes) -> Iterator[bytes]:
        """Cut a piece where the parts end."""
        while self._part_bytes and len(piece) > self._part_left:
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
        assert self._part_bytes is not None
        return self._part_bytes - self.size % self._part_bytes

    def _add(self, piece: bytes) -> None:
        self._sha256.update(piece)
        self._md5.update(piece)
        if self._part_bytes is not None:
            if self.size and not self.size % self._part_bytes:
                self._parts.append(self._part.hexdigest())
                self._part = hashlib.md5(usedforsecurity=False)
            self._part.update(piece)
        self.size += len(piece)
