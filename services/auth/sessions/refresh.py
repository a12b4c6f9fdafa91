"""The next pair of tokens for a refresh token; each token works once (RFC 9700, 4.14.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NoReturn

import structlog

from services.auth.sessions.refresh_tokens import Grace, find_spent, rotate
from services.auth.sessions.sessions import end_session
from shared.errors import REFRESH_FAILED, REFRESH_REUSED, SESSION_ENDED, MeridianError

if TYPE_CHECKING:
    from services.auth.sessions.refresh_tokens import SpentToken
    from services.auth.sessions.sessions import Device
    from services.auth.sessions.token_pairs import Mint, TokenPair
    from shared.db import Pool
    from shared.tokens.revocations import Revocations

# Two tabs, or a client that missed the answer, may bring the same token twice. On a bad line that
# is noticed late, but then by the same program at the same address.
GRACE: Final = Grace(anywhere=10, same_device=5 * 60)

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


async def refresh(
    db: Pool, mint: Mint, revocations: Revocations, token: str, device: Device
) -> TokenPair:
    """Rotate a refresh token.

    REFRESH_FAILED, SESSION_ENDED, or REFRESH_REUSED, which ends the session: a token that was
    used long ago is in the hands of two.
    """
    await mint.issuer.make_ready()
    successor = mint.succession.successor(token)
    bearer = await rotate(db, token, successor, device, mint.refresh_seconds)
    if bearer is not None:
        return await mint.pair(bearer, successor)
    spent = await find_spent(db, token, GRACE, device)
    if spent is None:
        raise MeridianError(REFRESH_FAILED)
    if not spent.is_live:
        raise MeridianError(SESSION_ENDED)
    if spent.has_grace:
        return await mint.pair(spent.bearer, _repeat(mint, token, spent))
    if spent.was_used:
        await _end_family(db, revocations, spent)
    raise MeridianError(REFRESH_FAILED)


def _repeat(mint: Mint, token: str, spent: SpentToken) -> str:
    successor = mint.succession.find_successor(token, spent.successor_hash or b"")
    if successor is None:
        raise MeridianError(REFRESH_FAILED)
    return successor


async def _end_family(db: Pool, revocations: Revocations, spent: SpentToken) -> NoReturn:
    session_id, user_id = spent.bearer.session_id, spent.bearer.subject.user_id
    log.warning("refresh.reused", session=str(session_id), user=str(user_id))
    await end_session(db, session_id, user_id, "reuse")
    await revocations.publish((session_id,))
    raise MeridianError(REFRESH_REUSED)
