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

    @property
    def is_given(self) -> bool:
        """Whether there is anything to check; what is empty is given, too, and wrong."""
        return self.password is not None or self.codes.are_given or self.passkey is not None


@dataclass(frozen=True, slots=True)
class ProofCheck:
    """What it takes to check a proof."""

    password: PasswordCheck
    factor: SecondFactorCheck
    passkey: PasskeyCheck

    async def find_refusal(
        self, found: Credentials, proof: Proof, lanes: tuple[Lane, ...]
    ) -> Problem | None:
        """Say what of a proof is wrong; one in which there is nothing is."""
        user_id, password, passkey = found.subject.user_id, proof.password, proof.passkey
        if not proof.is_given:
            return WRONG_PASSWORD
        if password is not None and not await self.password.is_right(found, password, lanes):
            return WRONG_PASSWORD
        if proof.codes.are_given and not await self.factor.is_right(user_id, proof.codes, lanes):
            return WRONG_CODE
        if passkey is not None and not (await self.passkey.check(passkey, lanes)).is_of(user_id):
            return WRONG_PASSKEY
        return None


async def prove(check: ProofCheck, identity: Identity, proof: Proof) -> None:
    """Renew the proof of a session; WRONG_PASSWORD, WRONG_CODE, WRONG_PASSKEY, SESSION_ENDED."""
    db = check.password.db
    found = await find_credentials_of(db, identity.user_id)
    if found is None:
        raise MeridianError(SESSION_ENDED)
    refusal = await check.find_refusal(found, proof, session_lanes(identity))
    if refusal is not None:
        raise MeridianError(refusal)
    if not await renew_proof(db, identity.session_id, found.version):
        raise MeridianError(SESSION_ENDED)
