"""A person who is signed in shows again who he is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.auth.accounts.credentials import find_credentials_of
from services.auth.attempts.lanes import session_lanes
from services.auth.second_factor.check import NO_CODES, Codes
from services.auth.sessions.proofs import renew_proof
from shared.errors import SESSION_ENDED, WRONG_CODE, WRONG_PASSKEY, WRONG_PASSWORD, MeridianError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.auth.accounts.credentials import Credentials
    from services.auth.passkeys.check import PasskeyCheck
    from services.auth.second_factor.check import SecondFactorCheck
    from services.auth.sessions.check_password import PasswordCheck
    from shared.errors import Problem
    from shared.throttle.lanes import Lane
    from shared.web.identity import Identity


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows who a person is: password, code or passkey; what is given must be right."""

    password: str | None = field(default=None, repr=False)
    codes: Codes = NO_CODES
    passkey: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ProofCheck:
    """What it takes to check a proof."""

    password: PasswordCheck
    factor: SecondFactorCheck
    passkey: PasskeyCheck

    async def find_refusal(
        self, found: Credentials, proof: Proof, lanes: tuple[Lane, ...]
    ) -> Problem | None:
        """Say what of a proof is wrong."""
        user_id = found.subject.user_id
        if proof.password and not await self.password.is_right(found, proof.password, lanes):
            return WRONG_PASSWORD
        if proof.codes.are_given and not await self.factor.is_right(user_id, proof.codes, lanes):
            return WRONG_CODE
        if proof.passkey and not (await self.passkey.check(proof.passkey, lanes)).is_of(user_id):
            return WRONG_PASSKEY
        return None


async def prove(check: ProofCheck, identity: Identity, proof: Proof) -> None:
    """Renew the proof of a session; WRONG_PASSWORD, WRONG_CODE, WRONG_PASSKEY, SESSION_ENDED."""
    db = check.password.db
    found = await find_credentials_of(db, identity.user_id)
    if found is None:
        raise MeridianError(SESSION_ENDED)
    refusal = await check.find_refusal(found, proof, session_lanes(identity.session_id))
    if refusal is not None:
        raise MeridianError(refusal)
    if not await renew_proof(db, identity.session_id, found.version):
        raise MeridianError(SESSION_ENDED)
