"""Which signing keys there are, for an operator: next, current, retired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.signing.issuer import NOTICE
from services.auth.signing.signing_keys import list_lives

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.auth.signing.signing_keys import KeyLife
    from shared.db import Pool

MOST: Final = 20


async def tell_keys(db: Pool) -> list[str]:
    """Describe each key in a line, the newest first."""
    keys = await list_lives(db, NOTICE, MOST)
    published = [key for key in keys if not key.is_over]
    signing = find_signing(published)
    return [describe(key, signing) for key in keys]


def find_signing(published: Sequence[KeyLife]) -> KeyLife | None:
    """The newest key that all verifiers know, or the oldest if none is that old; as the issuer."""
    known = (key for key in published if key.is_known)
    return next(known, published[-1] if published else None)


def describe(key: KeyLife, signing: KeyLife | None) -> str:
    """Say of a key what it does now, and until when."""
    if key is signing:
        words = "current: signs new tokens"
    elif key.is_over:
        words = f"over: dropped {key.retired_at:%Y-%m-%d %H:%M} UTC"
    elif signing is not None and key.created_at > signing.created_at:
        words = f"next: signs from {key.known_at:%Y-%m-%d %H:%M} UTC"
    else:
        words = f"retired: believed until {key.retired_at:%Y-%m-%d %H:%M} UTC"
    return f"{key.kid}  {words}"
