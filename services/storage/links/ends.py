"""When a link or a file request is to end: counted and judged by the clock of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """So long from now, at a moment, or never."""

    lifetime: timedelta | None = None
    moment: datetime | None = None

    def seen_from(self, now: datetime) -> datetime | None:
        """The moment; None: never."""
        return self.moment if self.lifetime is None else now + self.lifetime


class Made(Protocol):
    """A link or a request as it is before it gets other terms."""

    @property
    def created_at(self) -> datetime:
        """Since when there is one."""

    @property
    def expires_at(self) -> datetime | None:
        """Until when it works; None: for ever."""


def moment_of(end: End | None, now: datetime, before: Made | None) -> datetime | None:
    """When a thing ends; without another end it stays as before, or is for ever."""
    if end is not None:
        return end.seen_from(now)
    return None if before is None else before.expires_at


def why_not(
    end: datetime | None, *, now: datetime, longest: int | None, before: Made | None
) -> str | None:
    """Why something may not end at that moment; None: it may.

    The longest lifetime counts from when a thing was made, however often it is changed; what only
    ends sooner than before, or when it did, may always be.
    """
    if end is not None and end <= now and (before is None or end != before.expires_at):
        return "This moment has passed."
    if longest is None:
        return None
    made_at = now if before is None else before.created_at
    is_later = before is None or (end or NEVER) > (before.expires_at or NEVER)
    if is_later and (end or NEVER) > made_at + timedelta(seconds=longest):
        return f"Links live for at most {longest} seconds here, once made."
    return None
