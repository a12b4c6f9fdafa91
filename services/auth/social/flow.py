"""A sign-in under way: what the browser keeps, sealed, while its owner is at the other site."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson

from shared.vault import VaultError

if TYPE_CHECKING:
    from shared.vault import Vault

LIFE_SECONDS: Final = 600
TOKEN_BYTES: Final = 32
# A path of our own page: `//evil.example` and `/\\evil.example` lead elsewhere.
OWN_PATH: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}")
HOME: Final = "/"


@dataclass(frozen=True, slots=True)
class Flow:
    """One sign-in; with a user and a session where somebody wants to link the account.

    And with the mark of a known device: its own cookie does not come along from another site.
    """

    provider: str
    state: str
    nonce: str
    verifier: str = field(repr=False)
    return_to: str
    expires_at: int
    user_id: UUID | None = None
    session_id: UUID | None = None
    mark: str = field(default="", repr=False)


def new_flow(
    provider: str, return_to: str, mark: str, linking: tuple[UUID, UUID] | None = None
) -> Flow:
    """Begin a sign-in, or a link by a user in a session."""
    user_id, session_id = linking or (None, None)
    return Flow(
        provider=provider,
        state=secrets.token_urlsafe(TOKEN_BYTES),
        nonce=secrets.token_urlsafe(TOKEN_BYTES),
        verifier=secrets.token_urlsafe(TOKEN_BYTES),
        return_to=return_to if OWN_PATH.fullmatch(return_to) else HOME,
        expires_at=int(time.time()) + LIFE_SECONDS,
        user_id=user_id,
        session_id=session_id,
        mark=mark,
    )


def challenge_of(flow: Flow) -> str:
    """Return the PKCE challenge (RFC 7636, S256)."""
    digest = hashlib.sha256(flow.verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def seal(vault: Vault, flow: Flow) -> str:
    """Write a sign-in for the browser, which can neither read nor change it."""
    return vault.encrypt(orjson.dumps(asdict(flow)).decode()).decode()


def unseal(vault: Vault, sealed: str) -> Flow | None:
    """Read what a browser kept; None for what we did not write, and for what took too long."""
    try:
        told = orjson.loads(vault.decrypt(sealed.encode("ascii", "replace")))
    except VaultError:
        return None
    ids = {name: told[name] and UUID(told[name]) for name in ("user_id", "session_id")}
    flow = Flow(**{**told, **ids})
    return flow if flow.expires_at > time.time() else None
