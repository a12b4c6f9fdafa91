"""What happens to links and file requests, for the pages of their owners."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from shared.ids import new_id

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOpened:
    """Somebody in a city, or nowhere that is known, opened a link of `owner_id`."""

    type: ClassVar[str] = "LINK.OPENED"
    owner_id: UUID
    link_id: UUID
    city: str
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordGuessed:
    """Many passwords of a link or file request of `owner_id` were wrong, the last from a city."""

    type: ClassVar[str] = "PASSWORD.GUESSED"
    owner_id: UUID
    link_id: UUID
    city: str
    id: UUID = field(default_factory=new_id)
