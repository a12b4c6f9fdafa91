"""What the auth service tells of accounts over the stream: deleted until when, or restored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

STREAM: Final = "meridian:accounts"
FORMAT: Final = "1"
DELETED: Final = "ACCOUNT.DELETED"
RESTORED: Final = "ACCOUNT.RESTORED"


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """The state of an account; the newer version counts, in whatever order they arrive.

    What belongs to it is to be erased at `erase_at`; None once it was restored.
    """

    user_id: UUID
    version: int
    erase_at: datetime | None


def encode(event: AccountEvent) -> dict[str, str]:
    """Make the flat fields of a stream entry."""
    return {
        "type": RESTORED if event.erase_at is None else DELETED,
        "v": FORMAT,
        "user_id": str(event.user_id),
        "version": str(event.version),
        "erase_at": "" if event.erase_at is None else event.erase_at.isoformat(),
    }


def decode(entry: Mapping[str, str]) -> AccountEvent:
    """Read the fields of a stream entry; ValueError or LookupError for anything else."""
    if entry["type"] not in {DELETED, RESTORED} or entry["v"] != FORMAT:
        raise ValueError(f"unknown event {entry['type']} v{entry['v']}")
    text = entry["erase_at"]
    erase_at = datetime.fromisoformat(text) if text else None
    if (erase_at is None) != (entry["type"] == RESTORED):
        raise ValueError("an account is deleted until some time, or restored")
    return AccountEvent(UUID(entry["user_id"]), int(entry["version"]), erase_at)
