"""Password hashes: Argon2id (RFC 9106) in a few threads of their own, off the event loop."""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from shared.passwords.fair_pool import FairPool

if TYPE_CHECKING:
    from shared.throttle.lanes import Lane

MEMORY_KIB: Final = 19_456  # 19 MiB
PASSES: Final = 2
LANES: Final = 1
HASHER: Final = PasswordHasher(
    time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID
)


class Passwords:
    """Hashes and checks; the memory in use is `threads` times 19 MiB at most."""

    def __init__(self, threads: int) -> None:
        self._pool = FairPool(threads, "argon2")
        # Checked for names that nobody has, so that they take as long as any other.
        self._nobody = hash_of_nobody()

    async def hash(self, password: str, lane: Lane) -> str:
        """Make a hash to store; PASSWORDS_BUSY when too many wait."""
        return await self._pool.run(lambda: HASHER.hash(encode_password(password)), lane)

    async def verify(self, password_hash: str | None, password: str, lane: Lane) -> bool:
        """Check a password; without a hash this takes the same time and is False."""
        checked = password_hash or self._nobody
        is_right = await self._pool.run(lambda: self._matches(checked, password), lane)
        return is_right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether a hash was made with other parameters than today's."""
        return HASHER.check_needs_rehash(password_hash)

    def close(self) -> None:
        """Let the threads go."""
        self._pool.close()

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return HASHER.verify(password_hash, encode_password(password))
        except (VerificationError, InvalidHashError):
            return False


@lru_cache(1)
def hash_of_nobody() -> str:
    """Make the hash of a password that nobody knows, once a process."""
    return HASHER.hash(secrets.token_urlsafe())


def normalise_password(password: str) -> str:
    """Bring a password to the form that is hashed: one for all keyboards (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def encode_password(password: str) -> bytes:
    """Return the bytes that are hashed."""
    return normalise_password(password).encode("utf-8", "replace")
