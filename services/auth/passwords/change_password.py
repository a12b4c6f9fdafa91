"""A person takes a new password, or a first one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.auth.accounts.credentials import find_credentials_of, replace_password
from services.auth.accounts.users import get_user
from services.auth.attempts.lanes import session_lanes
from services.auth.audit.actions import Action
from services.auth.passwords.rules import find_weakness
from services.auth.resets.resets import end_resets
from services.auth.sessions.proofs import require_proof
from shared.errors import VALIDATION_FAILED, WRONG_PASSWORD, MeridianError

if TYPE_CHECKING:
    from services.auth.accounts.credentials import Credentials
    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Changes
    from services.auth.sessions.check_password import PasswordCheck
    from shared.db import Connection
    from shared.web.identity import Identity


@dataclass(frozen=True, slots=True)
class PasswordChange:
    """An old password, if there is one, and the one to come."""

    current_password: str | None = field(repr=False)
    new_password: str = field(repr=False)
    end_tokens: bool = False


async def change_password(
    check: PasswordCheck, changes: Changes, identity: Identity, wanted: PasswordChange, actor: Actor
) -> None:
    """Replace a password; all other sessions and reset links end, API tokens if that is wanted.

    VALIDATION_FAILED for a weak one, WRONG_PASSWORD for a wrong old one; PROOF_NEEDED for a first
    one without a fresh proof.
    """
    found = await find_credentials_of(check.db, identity.user_id)
    user = await get_user(check.db, identity.user_id)
    weakness = find_weakness(
        wanted.new_password,
        user.own_names,
        has_second_factor=found is not None and found.has_totp,
    )
    if weakness is not None:
        raise MeridianError(VALIDATION_FAILED, errors={"new_password": [weakness]})
    if found is None:
        raise MeridianError(WRONG_PASSWORD)
    await _require_owner(check, identity, found, wanted.current_password)
    lane = session_lanes(identity)[0]
    new_hash = await check.passwords.hash(wanted.new_password, lane)
    async with changes.by(actor) as change:
        await _replace(change.db, identity, found, new_hash)
        await end_resets(change.db, identity.user_id)
        await change.end_sessions(identity.user_id, "password_changed", spare=identity.session_id)
        if wanted.end_tokens:
            await change.end_tokens(identity.user_id)
        change.record(Action.PASSWORD_CHANGED, identity.user_id)


async def _require_owner(
    check: PasswordCheck, identity: Identity, found: Credentials, password: str | None
) -> None:
    """A password can be left out where there is none; then the session has to be a fresh one."""
    if password is not None:
        if not await check.is_right(found, password, session_lanes(identity)):
            raise MeridianError(WRONG_PASSWORD)
        return
    if found.password_hash is not None:
        raise MeridianError(WRONG_PASSWORD, "The current password is needed, too.")
    await require_proof(check.db, identity.session_id)


async def _replace(db: Connection, identity: Identity, found: Credentials, new_hash: str) -> None:
    """Hold the user by that: what the change goes back to still counts."""
    if not await replace_password(db, identity.user_id, found.version, new_hash):
        raise MeridianError(WRONG_PASSWORD)
    if found.password_hash is None:
        await require_proof(db, identity.session_id)
