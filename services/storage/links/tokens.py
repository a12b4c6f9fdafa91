"""Tokens of links: 256 random bits, of which only the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32


def new_link_token() -> str:
    """Make a token for an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_link_token(token: str) -> bytes:
    """What is kept of a token; it is random, so a plain hash cannot be reversed."""
    return hashlib.sha256(token.encode()).digest()
