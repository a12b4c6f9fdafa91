"""Notices of what ended: entries of a Redis stream, for every process that checks tokens."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from shared.tokens.access_tokens import LEEWAY, MAX_LIFE, SKEW

if TYPE_CHECKING:
    from collections.abc import Mapping

STREAM: Final = "meridian:revocations"
# Seconds. After these every token has expired that a notice concerns: so far back auth tells again.
TELL_AGAIN: Final = MAX_LIFE + LEEWAY + 2 * SKEW
LONGEST_TICKET: Final = 21_600  # so long at most lives what a session lends to players
KEEP: Final = LONGEST_TICKET + 2 * SKEW  # and by then nothing of it is good any more
EVERYBODY: Final = "*"


class Kind(StrEnum):
    """What a notice is about."""

    SESSION = "session"  # a session or an API token ended
    RIGHTS = "rights"  # a user, or everybody, may do something else than before
    KEY = "key"  # a signing key is no longer to be believed
    QUESTION = "question"  # a process asks auth for all that is still of interest
    ANSWER = "answer"  # and here it ends


@dataclass(frozen=True, slots=True)
class Notice:
    """One of them; `at` in seconds since 1970, `version` of the rights since the change."""

    kind: Kind
    id: str
    at: int
    version: int = 0

    @property
    def is_old(self) -> bool:
        """Whether it concerns no living token or ticket any more."""
        return self.at < time.time() - KEEP


def encode(notice: Notice) -> dict[Any, Any]:
    """Make the fields of a stream entry."""
    return {"kind": notice.kind, "id": notice.id, "at": notice.at, "version": notice.version}


def decode(entry: Mapping[str, str]) -> Notice:
    """Read the fields of a stream entry; LookupError or ValueError for anything else."""
    version = int(entry.get("version", 0))
    return Notice(Kind(entry["kind"]), entry["id"], int(entry["at"]), version)
