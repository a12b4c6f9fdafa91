"""A person who is signed in shows again who he is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.auth.accounts.credentials import find_credentials_of
from services.auth.attempts.lanes import session_lanes
from services.auth.sessions.proofs import renew_proof
from shared.errors import SESSION_ENDED, WRONG_PASSWORD, MeridianError

if TYPE_CHECKING:
    from services.auth.sessions.check_password import PasswordCheck
    from shared.web.identity import Identity


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows who a person is."""

    password: str = field(repr=False)


async def prove(check: PasswordCheck, identity: Identity, proof: Proof) -> None:
    """Renew the proof of a session; WRONG_PASSWORD, SESSION_ENDED."""
    found = await find_credentials_of(check.db, identity.user_id)
    lanes = session_lanes(identity.session_id)
    is_right = await check.is_right(found, proof.password, lanes)
    if found is None or not is_right:
        raise MeridianError(WRONG_PASSWORD)
    if not await renew_proof(check.db, identity.session_id, found.version):
        raise MeridianError(SESSION_ENDED)
