"""What the auth service tells of accounts over the stream: deleted until when, off, or on again."""

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
SWITCHED_OFF: Final = "ACCOUNT.SWITCHED_OFF"
RESTORED: Final = "ACCOUNT.RESTORED"


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """The state of an account; the newer version counts, in whatever order they arrive.

    What belongs to it is to be erased at `erase_at`; None while it is not deleted. One that is
    switched off stays as it is.
    """

    user_id: UUID
    version: int
    erase_at: datetime | None
    is_switched_off: bool = False

    @property
    def is_off(self) -> bool:
        """Whether nobody can sign in to it."""
        return self.is_switched_off or self.erase_at is not None

    @property
    def type(self) -> str:
        """What it is called in the stream."""
        if self.erase_at is not None:
            return DELETED
        return SWITCHED_OFF if self.is_switched_off else RESTORED


def encode(event: AccountEvent) -> dict[str, str]:
    """Make the flat fields of a stream entry."""
    return {
        "type": event.type,
        "v": FORMAT,
        "user_id": str(event.user_id),
        "version": str(event.version),
        "erase_at": "" if event.erase_at is None else event.erase_at.isoformat(),
    }


def decode(entry: Mapping[str, str]) -> AccountEvent:
    """Read the fields of a stream entry; ValueError or LookupError for anything else."""
    if entry["type"] not in {DELETED, SWITCHED_OFF, RESTORED} or entry["v"] != FORMAT:
        raise ValueError(f"unknown event {entry['type']} v{entry['v']}")
    text = entry["erase_at"]
    erase_at = datetime.fromisoformat(text) if text else None
    if (erase_at is None) == (entry["type"] == DELETED):
        raise ValueError("an account is deleted until some time, or not at all")
    is_switched_off = entry["type"] == SWITCHED_OFF
    return AccountEvent(UUID(entry["user_id"]), int(entry["version"]), erase_at, is_switched_off)
