"""Whom an access token is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record


@dataclass(frozen=True, slots=True)
class Subject:
    """What an access token says about its user, and as of which version of everybody's rights."""

    user_id: UUID
    username: str
    is_superuser: bool
    permissions: list[str]
    rights_version: int

    @property
    def scope(self) -> str:
        """What a token names of that: nothing where all is allowed, so that it stays short."""
        return "" if self.is_superuser else " ".join(self.permissions)


def read_subject(row: Record) -> Subject:
    """Read the columns that `SUBJECT` asks for."""
    return Subject(
        user_id=row["user_id"],
        username=row["username"],
        is_superuser=row["is_superuser"],
        permissions=row["permissions"],
        rights_version=row["rights_version"],
    )
