"""Each refresh token follows from its parent.

So a request that comes twice gets the same answer, although only hashes are stored.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Final

from services.auth.sessions.refresh_tokens import hash_token
from shared.derived_keys import derive_keys, sign

if TYPE_CHECKING:
    from collections.abc import Sequence

PURPOSE: Final = b"meridian refresh successor 1"
TOKEN_BYTES: Final = 32


class Succession:
    """Makes first tokens at random and each next one by HMAC-SHA256 with a key of the server."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = derive_keys(secret_keys, PURPOSE)

    def successor(self, parent: str) -> str:
        """Return the one token that may follow."""
        return follow(self._keys[0], parent)

    def find_successor(self, parent: str, successor_hash: bytes) -> str | None:
        """Return the token that did follow, also when the server's key has changed since."""
        candidates = (follow(key, parent) for key in self._keys)
        return next((one for one in candidates if hash_token(one) == successor_hash), None)


def first_token() -> str:
    """Make a token that follows from nothing."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def follow(key: bytes, parent: str) -> str:
    """Compute a successor."""
    digest = sign(key, parent.encode("utf-8", "replace"))
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
