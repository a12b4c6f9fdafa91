"""Whom an access token is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Subject:
    """What an access token says about its user."""

    user_id: UUID
    username: str
    is_superuser: bool
    permissions: list[str]
