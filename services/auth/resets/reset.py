"""A link is made, and somebody takes a new password by it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from services.auth.attempts.lanes import secret_lanes
from services.auth.audit.actions import Action, Actor
from services.auth.passwords.rules import find_weakness
from services.auth.people.standing import take_proven
from services.auth.resets.resets import (
    end_resets,
    find_reset,
    replace_reset,
    set_password,
    use_reset,
)
from services.auth.sessions.refresh_tokens import hash_token
from shared.errors import RESET_NOT_FOUND, USER_NOT_FOUND, VALIDATION_FAILED, MeridianError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from services.auth.audit.changes import Changes
    from services.auth.resets.resets import Reset
    from services.auth.sessions.check_password import PasswordCheck
    from services.auth.sessions.sessions import Device
    from shared.web.identity import Identity

TOKEN_BYTES: Final = 32
LIFE_SECONDS: Final = 86_400.0  # a day


@dataclass(frozen=True, slots=True)
class NewPassword:
    """What somebody brings who has a link."""

    token: str = field(repr=False)
    new_password: str = field(repr=False)


def new_token() -> str:
    """Make the secret part of a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


async def make_reset(
    changes: Changes, actor: Actor, identity: Identity, user_id: UUID
) -> tuple[str, datetime | None]:
    """Make a link for a user: its token and until when it is good.

    USER_NOT_FOUND; PROOF_NEEDED for one of my own.
    """
    token = new_token()
    async with changes.by(actor) as change:
        user = await take_proven(change, identity, user_id)
        if not user.is_active:
            raise MeridianError(USER_NOT_FOUND, "The account is switched off.")
        until = await replace_reset(change.db, user_id, hash_token(token), LIFE_SECONDS)
        change.record(Action.RESET_MADE, user_id)
    return token, until


async def reset_password(
    check: PasswordCheck, changes: Changes, wanted: NewPassword, device: Device
) -> UUID:
    """Take a new password of the user returned, and end all sessions.

    RESET_NOT_FOUND, VALIDATION_FAILED.

    A password that is refused leaves the link as it is.
    """
    digest = hash_token(wanted.token)
    lanes = secret_lanes("reset", device)
    async with check.throttle.attempt(lanes) as attempt:
        found = await find_reset(check.db, digest)
        if found is None:
            attempt.fail()
            raise MeridianError(RESET_NOT_FOUND)
    weakness = find_weakness(wanted.new_password, found.own_names, has_second_factor=found.has_totp)
    if weakness is not None:
        raise MeridianError(VALIDATION_FAILED, errors={"new_password": [weakness]})
    password_hash = await check.passwords.hash(wanted.new_password, lanes[0])
    await _store(changes, found, digest, password_hash, Actor(found.user_id, device.ip))
    return found.user_id


async def _store(
    changes: Changes, found: Reset, digest: bytes, password_hash: str, actor: Actor
) -> None:
    async with changes.by(actor) as change:
        # The user first, as whoever changes the password or the address and ends the link by that.
        is_set = await set_password(change.db, found.user_id, password_hash)
        if not is_set or not await use_reset(change.db, digest):
            raise MeridianError(RESET_NOT_FOUND)
        await end_resets(change.db, found.user_id)
        await change.end_sessions(found.user_id, "password_reset")
        change.record(Action.PASSWORD_CHANGED, found.user_id)
