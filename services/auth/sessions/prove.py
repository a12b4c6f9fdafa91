"""A person who is signed in shows again who he is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.auth.accounts.credentials import find_credentials_of
from services.auth.attempts.lanes import session_lanes
from services.auth.second_factor.check import NO_CODES, Codes
from services.auth.sessions.proofs import renew_proof
from shared.errors import SESSION_ENDED, WRONG_CODE, WRONG_PASSWORD, MeridianError

if TYPE_CHECKING:
    from services.auth.second_factor.check import SecondFactorCheck
    from services.auth.sessions.check_password import PasswordCheck
    from shared.web.identity import Identity


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows who a person is: the password, a code, or both."""

    password: str | None = field(default=None, repr=False)
    codes: Codes = NO_CODES


async def prove(
    check: PasswordCheck, factor: SecondFactorCheck, identity: Identity, proof: Proof
) -> None:
    """Renew the proof of a session; WRONG_PASSWORD, WRONG_CODE, SESSION_ENDED."""
    found = await find_credentials_of(check.db, identity.user_id)
    if found is None:
        raise MeridianError(SESSION_ENDED)
    lanes = session_lanes(identity.session_id)
    if proof.password is not None and not await check.is_right(found, proof.password, lanes):
        raise MeridianError(WRONG_PASSWORD)
    if proof.codes.are_given and not await factor.is_right(identity.user_id, proof.codes, lanes):
        raise MeridianError(WRONG_CODE)
    if not await renew_proof(check.db, identity.session_id, found.version):
        raise MeridianError(SESSION_ENDED)
