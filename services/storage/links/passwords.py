"""Passwords that owners give to links and file requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.throttle.lanes import Lane, Rule

if TYPE_CHECKING:
    from uuid import UUID

    from shared.passwords.hashing import Passwords

# Owners are known: they only wait for each other.
OWNERS: Final = Rule(free=1, at_once=4, first=1, longest=1, forget=60)


async def hash_for_owner(passwords: Passwords, password: str | None, owner_id: UUID) -> str | None:
    """What is kept of a password; None for none. PASSWORDS_BUSY."""
    if password is None:
        return None
    lane = Lane("link_owner", str(owner_id), OWNERS, is_trusted=True)
    return await passwords.hash(password, lane)
