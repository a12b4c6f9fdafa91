"""Access tokens: EdDSA JWTs, signed with the newest key that every verifier can know."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any, Final

from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

from services.auth.audit.actions import COMMAND_LINE, Action
from services.auth.audit.entries import NewEntry, append_entry
from services.auth.signing.signing_keys import (
    SigningKey,
    insert_key,
    list_keys,
    lock_keys,
    retire_others,
)
from shared.db_outage import DATABASE_ERRORS
from shared.errors import AUTH_UNAVAILABLE, MeridianError
from shared.tokens.access_tokens import ALGORITHM, AUDIENCE, MAX_LIFE, TOKEN_TYPE
from shared.tokens.keys import MAX_AGE, JwkCache, KeysUnavailable
from shared.vault import VaultError

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.signing.subject import Subject
    from shared.db import Pool
    from shared.vault import Vault

RELOAD_SECONDS: Final = 60.0
MARGIN: Final = 240.0
# A new key signs only after every copy of the key document that lacks it is out of date.
NOTICE: Final = MAX_AGE + RELOAD_SECONDS + MARGIN
# An old key stays published until the last token it signed has expired.
RETIRE_AFTER: Final = NOTICE + RELOAD_SECONDS + MAX_LIFE + MARGIN

UNREADABLE: Final = (*DATABASE_ERRORS, VaultError)


class Issuer:
    """Signs tokens of `life` seconds; `keys` are the public halves."""

    def __init__(self, db: Pool, vault: Vault, name: str, life: int) -> None:
        self.life = life
        self.keys = JwkCache(self._load, max_age=RELOAD_SECONDS)
        self._db = db
        self._vault = vault
        self._name = name
        self._published: list[dict[str, Any]] = []
        self._signing: JWK | None = None

    async def make_ready(self) -> JWK:
        """Have a key at hand, before anything is used up; AUTH_UNAVAILABLE while there is none."""
        await self.keys.refresh()
        if self._signing is None or self.keys.is_dropped(self._signing["kid"]):
            raise MeridianError(AUTH_UNAVAILABLE, retry_after=1)
        return self._signing

    async def issue(self, subject: Subject, session_id: UUID) -> str:
        """Sign an access token; AUTH_UNAVAILABLE while there is no key."""
        signing = await self.make_ready()
        now = int(time.time())
        token = JWT(
            header={"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": signing["kid"]},
            claims={
                "iss": self._name,
                "aud": AUDIENCE,
                "sub": str(subject.user_id),
                "sid": str(session_id),
                "jti": str(uuid.uuid4()),
                "iat": now,
                "exp": now + self.life,
                "scope": subject.scope,
                "su": subject.is_superuser,
                "rv": subject.rights_version,
                "name": subject.username,
            },
            algs=[ALGORITHM],
        )
        token.make_signed_token(signing)
        return str(token.serialize())

    async def published(self) -> list[dict[str, Any]]:
        """Return the public keys for the key document."""
        await self.make_ready()
        return self._published

    async def _load(self) -> dict[str, JWK]:
        try:
            keys = await list_keys(self._db, NOTICE) or await self._begin()
            signing = choose_signing(keys)
            self._signing = JWK.from_json(self._vault.decrypt(signing.private_key))
        except UNREADABLE as error:
            raise KeysUnavailable(repr(error)) from error
        self._published = [key.public_jwk for key in keys]
        return {key.kid: JWK(**key.public_jwk) for key in keys}

    async def _begin(self) -> list[SigningKey]:
        async with self._db.acquire() as connection, connection.transaction():
            await lock_keys(connection)
            if not await list_keys(connection, NOTICE):
                await insert_key(connection, make_key(self._vault))
            return await list_keys(connection, NOTICE)


async def rotate_keys(db: Pool, vault: Vault, *, at_once: bool = False) -> str:
    """Publish a new key and let the old ones fade out, or drop them `at_once`; return its id."""
    key = make_key(vault)
    async with db.acquire() as connection, connection.transaction():
        await lock_keys(connection)
        await insert_key(connection, key)
        retired = await retire_others(connection, key.kid, 0 if at_once else RETIRE_AFTER)
        entries = [NewEntry(Action.KEY_CREATED, key.kid, None, {"alg": ALGORITHM})]
        if at_once:
            entries += [
                NewEntry(Action.KEY_DROPPED, kid, {"alg": ALGORITHM}, None) for kid in retired
            ]
        for entry in entries:
            await append_entry(connection, COMMAND_LINE, entry)
    return key.kid


def make_key(vault: Vault) -> SigningKey:
    """Make an Ed25519 pair; its id is its thumbprint (RFC 7638)."""
    pair = JWK.generate(kty="OKP", crv="Ed25519", use="sig", alg=ALGORITHM)
    pair["kid"] = pair.thumbprint()
    return SigningKey(
        kid=pair["kid"],
        public_jwk=pair.export_public(as_dict=True),
        private_key=vault.encrypt(pair.export_private()),
        is_known=False,
    )


def choose_signing(keys: list[SigningKey]) -> SigningKey:
    """Choose the newest key that all verifiers know, or the oldest if none is that old."""
    return next((key for key in keys if key.is_known), keys[-1])
