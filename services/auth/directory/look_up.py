"""Somebody is looked up by their exact name or address; guessing is slowed down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.auth.attempts.lanes import look_up_lanes
from services.auth.directory.directory import find_by_email, find_by_username
from shared.errors import USER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.directory.directory import Person
    from shared.db import Pool
    from shared.throttle.throttle import Throttle


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """Who is looked for: one of the two is given."""

    username: str | None = None
    email: str | None = None


async def look_up(db: Pool, throttle: Throttle, caller_id: UUID, asked: PersonAsked) -> Person:
    """Find a person; USER_NOT_FOUND, or TOO_MANY_ATTEMPTS after many who are not there."""
    async with throttle.attempt(look_up_lanes(caller_id)) as attempt:
        if asked.email is None:
            person = await find_by_username(db, asked.username or "")
        else:
            person = await find_by_email(db, asked.email)
        if person is None:
            attempt.fail()
            raise MeridianError(USER_NOT_FOUND)
    return person
