"""Keys for one purpose each, made out of those of the vault: what one signs, no other accepts."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def derive_keys(secret_keys: Sequence[str], purpose: bytes) -> list[bytes]:
    """Make the keys of a purpose; the first one signs, all of them are believed."""
    return [
        hmac.digest(base64.urlsafe_b64decode(key), purpose, hashlib.sha256) for key in secret_keys
    ]


def sign(key: bytes, payload: bytes) -> bytes:
    """Sign a payload by HMAC-SHA256."""
    return hmac.digest(key, payload, hashlib.sha256)


def is_signed(keys: Sequence[bytes], payload: bytes, signature: bytes) -> bool:
    """Tell whether one of the keys signed a payload."""
    return any(hmac.compare_digest(sign(key, payload), signature) for key in keys)
