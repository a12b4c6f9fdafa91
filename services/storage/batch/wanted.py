"""What a client wants to be done with many files and folders."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

MOST_AT_ONCE: Final = 1000


class BatchAction(enum.Enum):
    """What is to be done with all of them."""

    TRASH = "trash"
    RESTORE = "restore"
    MOVE = "move"
    DELETE = "delete"

    @property
    def permission(self) -> str:
        """What somebody must be allowed who does that to one of them."""
        return "files.delete" if self in {BatchAction.TRASH, BatchAction.DELETE} else "files.change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """An action on files and folders; `folder_id` is where they are moved, None being the top."""

    action: BatchAction
    files: Sequence[UUID] = ()
    folders: Sequence[UUID] = ()
    folder_id: UUID | None = None
