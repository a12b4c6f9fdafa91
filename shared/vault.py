"""Secrets at rest: Fernet with key rotation (https://github.com/fernet/spec)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from shared.derived_keys import derive_keys, sign

if TYPE_CHECKING:
    from collections.abc import Sequence


class VaultError(Exception):
    """No configured key opens this secret."""


class Vault:
    """Encrypts with the first key, decrypts with any of them; so for fingerprints."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise VaultError("MERIDIAN_SECRET_KEYS holds no key")
        self._keys = tuple(keys)
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise VaultError(
                "MERIDIAN_SECRET_KEYS must hold url-safe base64 keys of 32 bytes"
            ) from error

    def encrypt(self, secret: str) -> bytes:
        """Seal a secret for a bytea column."""
        return self._fernet.encrypt(secret.encode())

    def decrypt(self, sealed: bytes) -> str:
        """Open a sealed secret; VaultError when no key fits."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise VaultError(
                "a stored secret was sealed with a key that is not configured"
            ) from error

    def fingerprints(self, content: bytes, purpose: bytes) -> list[bytes]:
        """Digest by each key, the one to store first; without the keys no guess can be tested."""
        return [sign(key, content) for key in derive_keys(self._keys, purpose)]


def new_key() -> str:
    """Make a key for MERIDIAN_SECRET_KEYS."""
    return Fernet.generate_key().decode()
