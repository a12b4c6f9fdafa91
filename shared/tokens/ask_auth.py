"""Asks the auth service whom an API token speaks for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import structlog

from shared.errors import AUTH_UNAVAILABLE, NOT_AUTHENTICATED, TOKEN_EXPIRED, MeridianError
from shared.outbound import OutboundError, ask
from shared.web.identity import Identity

if TYPE_CHECKING:
    import aiohttp

OK: Final = 200
REFUSED: Final = 401

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


async def ask_auth(session: aiohttp.ClientSession, verify_url: str, token: str) -> Identity:
    """Ask `POST /verify`; NOT_AUTHENTICATED, TOKEN_EXPIRED, or AUTH_UNAVAILABLE."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        answer = await ask(session, "POST", verify_url, headers=headers, payload={})
        return read_answer(answer.status, answer.body)
    except (OutboundError, ValueError, TypeError, LookupError) as error:
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
