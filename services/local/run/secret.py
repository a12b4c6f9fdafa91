"""Passwords and keys of a local stack: made up once, kept in the home."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING

from services.local.run.home import LocalError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.local.run.home import Home

SECRETS_FILE = "secrets.json"
KEY_BYTES = 32
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS = 4
GROUP_LENGTH = 5
VAULT_KEY = "vault_key"


def keep_secrets(home: Home, names: Iterable[str]) -> dict[str, str]:
    """Read the secrets of a home, making up those that are new.

    A name ending in `_password` gets one that a person can type, all others 256 random bits.
    """
    before = home.read(SECRETS_FILE)
    kept = {name: str(secret) for name, secret in before.items()}
    for name in names:
        kept.setdefault(name, _make(name))
    if kept != before:
        home.write(SECRETS_FILE, kept)
    return kept


def kept_secret(home: Home, name: str) -> str:
    """Read a secret that has to be there already; LocalError when it is not."""
    secret = home.read(SECRETS_FILE).get(name)
    if secret is None:
        raise LocalError(f"{home.folder / SECRETS_FILE} does not hold {name}")
    return str(secret)


def _make(name: str) -> str:
    if name == VAULT_KEY:
        return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    if name.endswith("_password"):
        return readable_password()
    return secrets.token_hex(KEY_BYTES)


def readable_password() -> str:
    """Make a password of 99 random bits in four groups, such as `k7mfp-3xq9t-…`."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)
