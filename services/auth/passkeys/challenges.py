"""Challenges: random, signed by the server, good for some minutes and one purpose.

So asking for one, which anybody may, writes nothing. That one works once is seen to when it was
answered rightly.
"""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from shared.derived_keys import derive_keys, is_signed, sign

if TYPE_CHECKING:
    from collections.abc import Sequence

PURPOSE: Final = b"meridian passkey challenge 1"
LIFE_SECONDS: Final = 300
TIME_BYTES: Final = 8
RANDOM_BYTES: Final = 16
HEAD_BYTES: Final = TIME_BYTES + RANDOM_BYTES
SIGN_IN: Final = "sign in"


class Challenges:
    """Makes challenges, and tells those that are still good."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = derive_keys(secret_keys, PURPOSE)

    def make(self, purpose: str) -> bytes:
        """Make a challenge; it answers no other purpose."""
        expires_at = int(time.time()) + LIFE_SECONDS
        head = expires_at.to_bytes(TIME_BYTES, "big") + secrets.token_bytes(RANDOM_BYTES)
        return head + sign(self._keys[0], head + purpose.encode())

    def find_expiry(self, challenge: bytes, purpose: str) -> datetime | None:
        """Tell until when a challenge is good; None for one that is not, for this purpose."""
        head, signature = challenge[:HEAD_BYTES], challenge[HEAD_BYTES:]
        is_ours = is_signed(self._keys, head + purpose.encode(), signature)
        if not is_ours:
            return None
        expires_at = datetime.fromtimestamp(int.from_bytes(head[:TIME_BYTES], "big"), UTC)
        return expires_at if expires_at > datetime.now(UTC) else None
