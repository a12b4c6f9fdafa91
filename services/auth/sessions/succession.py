"""Each refresh token follows from its parent.

So a request that comes twice gets the same answer, although only hashes are stored.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Final

from services.auth.sessions.refresh_tokens import hash_token

if TYPE_CHECKING:
    from collections.abc import Sequence

PURPOSE: Final = b"meridian refresh successor 1"
TOKEN_BYTES: Final = 32


class Succession:
    """Makes first tokens at random and each next one by HMAC-SHA256 with a key of the server."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = [derive_key(key) for key in secret_keys]

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


def derive_key(secret_key: str) -> bytes:
    """Make a key for this purpose alone out of a key of the vault."""
    return hmac.digest(base64.urlsafe_b64decode(secret_key), PURPOSE, hashlib.sha256)


def follow(key: bytes, parent: str) -> str:
    """Compute a successor."""
    digest = hmac.digest(key, parent.encode("utf-8", "replace"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
