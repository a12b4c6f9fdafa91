"""API tokens in a service: looked up once in a while, refused as soon as they are revoked."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeAlias

from shared.errors import (
    AUTH_UNAVAILABLE,
    NOT_AUTHENTICATED,
    TOKEN_EXPIRED,
    MeridianError,
    Problem,
)
from shared.tokens.api_tokens import hash_token, is_well_formed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from shared.tokens.revocations import Revocations
    from shared.web.identity import Identity

# So long an answer is good while news of revocations arrive, and while they do not.
FRESH_SECONDS: Final = 60.0
FRESH_SECONDS_UNTOLD: Final = 1.0
REMEMBERED: Final = 10_000
# More look-ups than that at a time are made by somebody who tries tokens out.
LONGEST_QUEUE: Final = 64
REFUSED: Final = 401

LookUp: TypeAlias = "Callable[[str], Awaitable[Identity]]"


@dataclass(frozen=True, slots=True)
class Known:
    """What a look-up found at that time: whom a token speaks for, or why it is refused."""

    found: Identity | Problem
    asked_at: float
    losses: int


class ApiTokenCache:
    """Turns a token into an identity: by memory, else by `look_up`, which raises a refusal."""

    def __init__(self, look_up: LookUp, revocations: Revocations) -> None:
        self._look_up = look_up
        self._revocations = revocations
        self._known: dict[bytes, Known] = {}
        self._asking: dict[bytes, asyncio.Task[Known]] = {}

    async def verify(self, token: str) -> Identity:
        """Return who the token speaks for; NOT_AUTHENTICATED, TOKEN_EXPIRED, or a 503 problem."""
        if not is_well_formed(token):
            raise MeridianError(NOT_AUTHENTICATED)
        digest = hash_token(token)
        known = self._known.get(digest)
        if known is None or self._is_stale(known):
            known = await self._ask_once(digest, token)
        identity = identity_or_refusal(known)
        if self._revocations.holds(identity.session_id):
            raise MeridianError(NOT_AUTHENTICATED)
        return identity

    def _is_stale(self, known: Known) -> bool:
        is_told = self._revocations.caught_up.is_set() and known.losses == self._revocations.losses
        # An owner who was switched off may be back: nobody tells of that.
        is_told = is_told and not isinstance(known.found, Problem)
        good_for = FRESH_SECONDS if is_told else FRESH_SECONDS_UNTOLD
        is_old = time.monotonic() - known.asked_at > good_for
        return is_old or self._has_other_rights(known.found)

    def _has_other_rights(self, found: Identity | Problem) -> bool:
        if isinstance(found, Problem):
            return False
        return found.rights_version < self._revocations.rights_of(found.user_id)

    async def _ask_once(self, digest: bytes, token: str) -> Known:
        asking = self._asking.get(digest)
        if asking is None:
            if len(self._asking) >= LONGEST_QUEUE:
                raise MeridianError(AUTH_UNAVAILABLE, retry_after=1)
            asking = asyncio.create_task(self._ask(token))
            self._asking[digest] = asking
            asking.add_done_callback(lambda _: self._asking.pop(digest, None))
        # One caller who leaves must not take the answer from the others.
        known = await asyncio.shield(asking)
        self._remember(digest, known)
        return known

    async def _ask(self, token: str) -> Known:
        asked_at, losses = time.monotonic(), self._revocations.losses
        try:
            found: Identity | Problem = await self._look_up(token)
        except MeridianError as refusal:
            if refusal.problem.status != REFUSED:
                raise
            found = refusal.problem
        return Known(found, asked_at, losses)

    def _remember(self, digest: bytes, known: Known) -> None:
        self._known.pop(digest, None)
        if len(self._known) >= REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known[digest] = known


def identity_or_refusal(known: Known) -> Identity:
    """Return whom a token speaks for, or raise why it is refused."""
    found = known.found
    if isinstance(found, Problem):
        raise MeridianError(found)
    if found.has_expired(datetime.now(UTC)):
        raise MeridianError(TOKEN_EXPIRED)
    return found
