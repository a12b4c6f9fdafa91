"""Passes: who opened a link may go on for a while without the password or another count.

A pass is sealed, so nothing of it has to be kept; the link itself is looked at with every use.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import orjson

from shared.vault import Vault, VaultError

if TYPE_CHECKING:
    from services.storage.opening.guarded import Guarded

PASS_SECONDS = 600
FORMAT = "link-pass/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """Opens a link as it was; with `file_id` that file was counted already."""

    link_id: UUID
    password_number: int
    file_id: UUID | None
    expires_at: datetime

    def fits(self, guarded: Guarded) -> bool:
        """Whether it was given for this link or request, under its present password."""
        is_same = (self.link_id, self.password_number) == (guarded.id, guarded.password_number)
        return is_same and self.expires_at > guarded.found_at


def make_pass(guarded: Guarded, file_id: UUID | None, seconds: int = PASS_SECONDS) -> Pass:
    """Let somebody in for so long, to the whole link or request, or to one file of it."""
    return Pass(
        link_id=guarded.id,
        password_number=guarded.password_number,
        file_id=file_id,
        expires_at=guarded.found_at + timedelta(seconds=seconds),
    )


def seal_pass(vault: Vault, given: Pass) -> str:
    """Write a pass so that nobody can make one or read it."""
    said = {
        "link": given.link_id,
        "password": given.password_number,
        "file": given.file_id,
        "until": given.expires_at.timestamp(),
    }
    return vault.encrypt(orjson.dumps((FORMAT, said), default=str).decode()).decode()


def read_pass(vault: Vault, text: str) -> Pass | None:
    """Read a pass; None for what is none of ours."""
    try:
        parts = orjson.loads(vault.decrypt(text.encode("utf-8", "replace")))
    except (VaultError, orjson.JSONDecodeError):
        return None
    if not isinstance(parts, list) or parts[:1] != [FORMAT]:
        return None
    said = parts[1]
    return Pass(
        link_id=UUID(said["link"]),
        password_number=said["password"],
        file_id=UUID(said["file"]) if said["file"] else None,
        expires_at=datetime.fromtimestamp(said["until"], UTC),
    )
