"""What a password may stand before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


class Guarded(Protocol):
    """A link or a file request, as far as its password goes."""

    @property
    def owner_id(self) -> UUID:
        """Who is told of guesses."""

    @property
    def id(self) -> UUID:
        """Which it is."""

    @property
    def password_hash(self) -> str | None:
        """None: it needs no password."""

    @property
    def password_number(self) -> int:
        """Grows when the password changes."""

    @property
    def found_at(self) -> datetime:
        """When it was looked at, by the clock of the database: passes begin and end by it."""
