"""A person takes a second factor, renews its recovery codes, or removes it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.auth.accounts.credentials import hold_version
from services.auth.attempts.lanes import session_lanes
from services.auth.audit.actions import Action
from services.auth.passwords.rules import require_long
from services.auth.second_factor.codes import (
    find_step,
    hash_recovery_code,
    new_recovery_codes,
    new_secret,
)
from services.auth.second_factor.recovery_codes import replace_codes
from services.auth.second_factor.totp import (
    begin_totp,
    confirm_totp,
    delete_totp,
    find_totp,
)
from services.auth.sessions.proofs import hold_live
from shared.errors import (
    TOTP_ENABLED,
    TOTP_NOT_STARTED,
    WRONG_CODE,
    MeridianError,
)

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Changes
    from services.auth.second_factor.check import SecondFactorCheck
    from services.auth.sessions.check_password import PasswordCheck
    from shared.db import Connection
    from shared.web.identity import Identity


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The first code of a new factor."""

    code: str = field(repr=False)


async def begin(
    check: PasswordCheck, factor: SecondFactorCheck, identity: Identity, password: str
) -> str:
    """Make a secret, which counts once it is confirmed; WRONG_PASSWORD, TOTP_ENABLED."""
    await check.require_own(identity, password)
    secret = new_secret()
    if not await begin_totp(factor.db, identity.user_id, factor.vault.encrypt(secret)):
        raise MeridianError(TOTP_ENABLED)
    return secret


async def confirm(
    factor: SecondFactorCheck,
    changes: Changes,
    actor: Actor,
    identity: Identity,
    confirmation: Confirmation,
) -> list[str]:
    """Let the factor count; return recovery codes.

    TOTP_NOT_STARTED, TOTP_ENABLED, WRONG_CODE, SESSION_ENDED.
    """
    user_id = identity.user_id
    found = await find_totp(factor.db, user_id)
    if found is None:
        raise MeridianError(TOTP_NOT_STARTED)
    if found.confirmed_at is not None:
        raise MeridianError(TOTP_ENABLED)
    async with factor.throttle.attempt(session_lanes(identity)) as attempt:
        step = find_step(factor.vault.decrypt(found.secret), confirmation.code, time.time())
        if step is None:
            attempt.fail()
            raise MeridianError(WRONG_CODE)
    codes = new_recovery_codes()
    async with changes.by(actor) as change:
        await hold_live(change.db, user_id, identity.session_id)
        if not await confirm_totp(change.db, user_id, found.secret, step):
            raise MeridianError(TOTP_ENABLED)
        await replace_codes(change.db, user_id, [hash_recovery_code(code) for code in codes])
        change.record(Action.TOTP_ENABLED, user_id)
    return codes


async def renew_codes(
    check: PasswordCheck, changes: Changes, actor: Actor, identity: Identity, password: str
) -> list[str]:
    """Make new recovery codes, the old ones end; WRONG_PASSWORD, TOTP_NOT_STARTED."""
    version = await check.require_own(identity, password)
    codes = new_recovery_codes()
    async with changes.by(actor) as change:
        await hold_version(change.db, identity.user_id, version)
        await _require_totp(change.db, identity.user_id)
        hashes = [hash_recovery_code(code) for code in codes]
        await replace_codes(change.db, identity.user_id, hashes)
        change.record(Action.RECOVERY_CODES_RENEWED, identity.user_id)
    return codes


async def remove(
    check: PasswordCheck, changes: Changes, actor: Actor, identity: Identity, password: str
) -> None:
    """Remove the factor; WRONG_PASSWORD, TOTP_NOT_STARTED.

    PASSWORD_TOO_SHORT for a password that is good enough only beside a second factor.
    """
    version = await check.require_own(identity, password)
    require_long(password, "take a longer one first.")
    async with changes.by(actor) as change:
        await hold_version(change.db, identity.user_id, version)
        if not await delete_totp(change.db, identity.user_id):
            raise MeridianError(TOTP_NOT_STARTED)
        change.record(Action.TOTP_DISABLED, identity.user_id)


async def _require_totp(db: Connection, user_id: UUID) -> None:
    found = await find_totp(db, user_id)
    if found is None or found.confirmed_at is None:
        raise MeridianError(TOTP_NOT_STARTED)
