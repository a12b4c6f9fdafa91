"""Idempotency-Key: a creating request that is sent again gets its first answer, for 24 hours."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, TypeGuard

import orjson
from aiohttp import web

from shared.errors import (
    IDEMPOTENCY_KEY_REUSED,
    REQUEST_IN_PROGRESS,
    VALIDATION_FAILED,
    MeridianError,
)
from shared.web.body import read_body
from shared.web.identity import identity_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Pool
    from shared.vault import Vault

# A claim without an answer is taken over after five minutes: its process died, for no call takes so
# long (trying a new S3 server: two and a half).
CLAIM = """
WITH old AS (
    DELETE FROM {schema}.idempotency_keys WHERE (owner_id, operation, key) IN (
        SELECT owner_id, operation, key FROM {schema}.idempotency_keys
        WHERE created_at < now() - interval '24 hours'
            AND (owner_id, operation, key) <> ($1, $2, $3)
        LIMIT 10 FOR UPDATE SKIP LOCKED)
)
INSERT INTO {schema}.idempotency_keys AS kept (owner_id, operation, key, fingerprint)
VALUES ($1, $2, $3, $4)
ON CONFLICT (owner_id, operation, key) DO UPDATE
SET fingerprint = EXCLUDED.fingerprint, status = NULL, answer = NULL, created_at = clock_timestamp()
WHERE kept.created_at < now() - CASE
    WHEN kept.status IS NULL THEN interval '5 minutes' ELSE interval '24 hours' END
RETURNING created_at
"""
FIND_ANSWER = """
SELECT fingerprint, status, answer FROM {schema}.idempotency_keys
WHERE owner_id = $1 AND operation = $2 AND key = $3
"""
KEEP_ANSWER = """
UPDATE {schema}.idempotency_keys SET status = $5, answer = $6
WHERE owner_id = $1 AND operation = $2 AND key = $3 AND created_at = $4
"""
RELEASE = """
DELETE FROM {schema}.idempotency_keys
WHERE owner_id = $1 AND operation = $2 AND key = $3 AND created_at = $4 AND status IS NULL
"""

HEADER: Final = "Idempotency-Key"
KEY_FORM: Final = re.compile(r"[\x21-\x7e]{1,255}")
# A body may hold a password: whoever reads the table must not be able to try some out.
PURPOSE: Final = b"meridian request fingerprint 1"
FIRST_SUCCESS: Final = 200
FIRST_REDIRECT: Final = 300

Call: TypeAlias = Callable[[], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One caller's try at one operation under a key; of its body the digests by all our keys."""

    owner_id: UUID
    operation: str
    key: str
    fingerprints: Sequence[bytes]

    @property
    def row(self) -> tuple[UUID, str, str]:
        """The primary key of the attempt."""
        return self.owner_id, self.operation, self.key


@dataclass(frozen=True, slots=True)
class Idempotency:
    """First answers, kept sealed: they hold presigned URLs and secrets that are shown once.

    In the table `idempotency_keys` of the service's own `schema`.
    """

    pool: Pool
    vault: Vault
    schema: str

    def statement(self, template: str) -> str:
        """Write a statement for our table."""
        return template.format(schema=self.schema)

    async def claim(self, attempt: Attempt) -> datetime | None:
        """Become the one who carries it out; None when someone did, or does."""
        claimed: datetime | None = await self.pool.fetchval(
            self.statement(CLAIM), *attempt.row, attempt.fingerprints[0]
        )
        return claimed

    async def replay(self, attempt: Attempt) -> web.Response:
        """Answer as the first time; 422 for another request, 409 while the first one runs."""
        kept = await self.pool.fetchrow(self.statement(FIND_ANSWER), *attempt.row)
        if kept is None:
            raise MeridianError(REQUEST_IN_PROGRESS, retry_after=1)
        if kept["fingerprint"] not in attempt.fingerprints:
            raise MeridianError(IDEMPOTENCY_KEY_REUSED)
        if kept["status"] is None:
            raise MeridianError(REQUEST_IN_PROGRESS, retry_after=1)
        answer = orjson.loads(self.vault.decrypt(kept["answer"]))
        headers = {**answer["headers"], "Idempotency-Replayed": "true"}
        return web.Response(status=kept["status"], headers=headers, body=answer["text"].encode())

    async def keep(self, attempt: Attempt, claimed: datetime, answer: web.Response) -> None:
        """Remember the first answer."""
        headers = {str(name): text for name, text in answer.headers.items()}
        packed = orjson.dumps({"headers": headers, "text": answer.text})
        sealed = self.vault.encrypt(packed.decode())
        await self.pool.execute(
            self.statement(KEEP_ANSWER), *attempt.row, claimed, answer.status, sealed
        )

    async def release(self, attempt: Attempt, claimed: datetime) -> None:
        """Let the key be used again after a failure."""
        await self.pool.execute(self.statement(RELEASE), *attempt.row, claimed)


IDEMPOTENCY: Final = web.AppKey("idempotency", Idempotency)


async def play_once(request: web.Request, call: Call) -> web.StreamResponse:
    """Carry out the call, or answer as it was answered before under the same key."""
    if HEADER not in request.headers:
        return await call()
    kept = request.app[IDEMPOTENCY]
    attempt = await _read_attempt(request, kept.vault)
    claimed = await kept.claim(attempt)
    if claimed is None:
        return await kept.replay(attempt)
    answer = None
    try:
        answer = await call()
    finally:
        if not _is_success(answer):
            await asyncio.shield(kept.release(attempt, claimed))
    if _is_success(answer):
        await kept.keep(attempt, claimed, answer)
    return answer


def _is_success(answer: web.StreamResponse | None) -> TypeGuard[web.Response]:
    return isinstance(answer, web.Response) and FIRST_SUCCESS <= answer.status < FIRST_REDIRECT


async def _read_attempt(request: web.Request, vault: Vault) -> Attempt:
    key = request.headers[HEADER]
    if not KEY_FORM.fullmatch(key):
        raise MeridianError(
            VALIDATION_FAILED, errors={HEADER: ["Must be 1 to 255 visible ASCII characters."]}
        )
    return Attempt(
        owner_id=identity_of(request).user_id,
        operation=f"{request.method} {request.path}",
        key=key,
        fingerprints=vault.fingerprints(await read_body(request), PURPOSE),
    )
