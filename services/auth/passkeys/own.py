"""A person adds a passkey, or removes one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from asyncpg import UniqueViolationError

from services.auth.accounts.credentials import change_credentials, find_credentials_of
from services.auth.accounts.sign_in_ways import require_some_way
from services.auth.audit.actions import Action
from services.auth.passkeys.ceremonies import (
    BadCredential,
    check_new,
    creation_options,
    read_new,
)
from services.auth.passkeys.passkeys import delete_passkey, insert_passkey, list_passkeys
from services.auth.passkeys.relying_party import require_site
from services.auth.passkeys.used_challenges import use_challenge
from services.auth.sessions.proofs import hold_proven, require_proof
from shared.errors import (
    NOT_AUTHENTICATED,
    PASSKEY_EXISTS,
    PASSKEY_NOT_FOUND,
    TOO_MANY_PASSKEYS,
    VALIDATION_FAILED,
    MeridianError,
)

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.audit.actions import Actor
    from services.auth.audit.changes import Change, Changes
    from services.auth.passkeys.ceremonies import Shape
    from services.auth.passkeys.check import PasskeyCheck
    from services.auth.passkeys.passkeys import NewPasskey, Passkey
    from shared.web.identity import Identity

MOST_PASSKEYS: Final = 50


@dataclass(frozen=True, slots=True)
class Addition:
    """A passkey that a browser has just made, and how its owner calls it."""

    name: str
    credential: Shape


async def begin_addition(check: PasskeyCheck, identity: Identity) -> dict[str, Any]:
    """Return what a browser needs to make a passkey; PROOF_NEEDED, PASSKEYS_UNAVAILABLE."""
    site = require_site(check.site)
    await require_proof(check.db, identity.session_id)
    user = await find_credentials_of(check.db, identity.user_id)
    if user is None:
        raise MeridianError(NOT_AUTHENTICATED)
    known = await list_passkeys(check.db, identity.user_id, None, MOST_PASSKEYS)
    challenge = check.challenges.make(purpose_of(identity))
    return creation_options(site, user.subject, challenge, known)


async def add_passkey(
    check: PasskeyCheck, changes: Changes, actor: Actor, identity: Identity, addition: Addition
) -> Passkey:
    """Keep a new passkey.

    PROOF_NEEDED, VALIDATION_FAILED for what is no answer to our challenge, PASSKEY_EXISTS,
    TOO_MANY_PASSKEYS.
    """
    async with changes.by(actor) as change:
        await hold_proven(change.db, identity)
        new = await _check(change, check, identity, addition.credential)
        try:
            added = await insert_passkey(
                change.db, identity.user_id, addition.name, new, MOST_PASSKEYS
            )
        except UniqueViolationError as error:
            raise MeridianError(PASSKEY_EXISTS) from error
        if added is None:
            raise MeridianError(TOO_MANY_PASSKEYS, limit=MOST_PASSKEYS)
        change.record(Action.PASSKEY_ADDED, added.id, after={"name": added.name})
    return added


async def remove_passkey(changes: Changes, actor: Actor, user_id: UUID, passkey_id: UUID) -> None:
    """Remove a passkey; PASSKEY_NOT_FOUND, LAST_SIGN_IN_WAY."""
    async with changes.by(actor) as change:
        await change_credentials(change.db, user_id)
        if not await delete_passkey(change.db, passkey_id, user_id):
            raise MeridianError(PASSKEY_NOT_FOUND)
        await require_some_way(change.db, user_id)
        change.record(Action.PASSKEY_REMOVED, passkey_id)


def purpose_of(identity: Identity) -> str:
    """Name what a challenge is for, so that one session cannot add what another one began."""
    return f"add {identity.session_id}"


async def _check(
    change: Change, check: PasskeyCheck, identity: Identity, credential: Shape
) -> NewPasskey:
    site = require_site(check.site)
    try:
        challenge = read_new(credential)
        new = check_new(site, credential, challenge)
    except BadCredential as error:
        raise _refusal(f"Not a passkey for this site: {error}.") from error
    expires_at = check.challenges.find_expiry(challenge, purpose_of(identity))
    if expires_at is None or not await use_challenge(change.db, challenge, expires_at):
        raise _refusal("It took too long; begin again.")
    return new


def _refusal(text: str) -> MeridianError:
    return MeridianError(VALIDATION_FAILED, errors={"credential": [text]})
