"""Asks the auth service whom an API token speaks for."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import aiohttp
import structlog

from shared.errors import AUTH_UNAVAILABLE, NOT_AUTHENTICATED, TOKEN_EXPIRED, MeridianError
from shared.web.identity import Identity

ANSWER_SECONDS: Final = aiohttp.ClientTimeout(total=3)
OK: Final = 200
REFUSED: Final = 401

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


async def ask_auth(session: aiohttp.ClientSession, verify_url: str, token: str) -> Identity:
    """Ask `POST /verify`; NOT_AUTHENTICATED, TOKEN_EXPIRED, or AUTH_UNAVAILABLE."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with session.post(
            verify_url, json={}, headers=headers, timeout=ANSWER_SECONDS, allow_redirects=False
        ) as answer:
            return read_answer(answer.status, await answer.json(content_type=None))
    except (aiohttp.ClientError, OSError, ValueError, TypeError, LookupError) as error:
        log.warning("verify.unavailable", error=repr(error))
        raise MeridianError(AUTH_UNAVAILABLE, retry_after=1) from error


def read_answer(status: int, body: dict[str, Any]) -> Identity:
    """Read what the auth service says; ValueError for anything else."""
    if status == REFUSED:
        is_expired = body["code"] == TOKEN_EXPIRED.code
        raise MeridianError(TOKEN_EXPIRED if is_expired else NOT_AUTHENTICATED)
    if status != OK:
        raise ValueError(f"status {status}")
    expires_at = body["expires_at"]
    return Identity(
        user_id=UUID(body["user_id"]),
        session_id=UUID(body["session_id"]),
        username=body["username"],
        permissions=frozenset(body["permissions"]),
        is_superuser=False,
        expires_at=None if expires_at is None else datetime.fromisoformat(expires_at),
        is_api_token=True,
        rights_version=body["rights_version"],
    )
