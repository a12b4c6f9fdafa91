"""What somebody wants of a file request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.drops.drops import Drop
    from services.storage.links.ends import End


@dataclass(frozen=True, slots=True, kw_only=True)
class DropWanted:
    """Terms of a request; `given` names those that were said, null included."""

    folder_id: UUID | None = None
    title: str = ""
    message: str = ""
    # None: as it is, of something new never.
    end: End | None = None
    password: str | None = field(default=None, repr=False)
    max_files: int | None = None
    max_bytes: int | None = None
    given: frozenset[str] = frozenset()

    @property
    def sets_password(self) -> bool:
        """Whether the password is to be another one, or none."""
        return "password" in self.given

    def over(self, drop: Drop) -> DropWanted:
        """Complete what was not said with what holds now."""
        given = self.given
        return DropWanted(
            folder_id=drop.folder_id,
            title=self.title if "title" in given else drop.title,
            message=self.message if "message" in given else drop.message,
            end=self.end,
            password=self.password,
            max_files=self.max_files if "max_files" in given else drop.max_files,
            max_bytes=self.max_bytes if "max_bytes" in given else drop.max_bytes,
            given=given,
        )
