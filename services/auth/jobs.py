"""What auth does once in a while, beside answering."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from services.auth.api_tokens.api_tokens import delete_revoked_tokens
from services.auth.deletion.jobs import erase_deleted, prune_events, tell_of_accounts
from services.auth.logins.logins import keep_login_months
from services.auth.mail.links import delete_expired_links
from services.auth.passkeys.used_challenges import delete_expired_challenges
from services.auth.revocations.rights import delete_old_changes
from services.auth.sessions.refresh_tokens import delete_expired
from services.auth.sessions.sessions import delete_old_sessions
from shared.first_answers import prune_answers
from shared.tokens.notices import TELL_AGAIN

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from services.auth.settings import AuthSettings
    from shared.db import Pool

SHORTEST_PAUSE: Final = 1800
LONGEST_PAUSE: Final = 5400

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done every hour or so; doing it twice does no harm."""

    name: str
    function: Callable[[Pool, AuthSettings], Awaitable[None]]


async def delete_refresh_tokens(db: Pool, _settings: AuthSettings) -> None:
    """Delete all expired refresh tokens, a few at a time."""
    await delete_expired(db)


async def delete_sessions(db: Pool, settings: AuthSettings) -> None:
    """Delete all sessions that have been over for a while, a few at a time."""
    await delete_old_sessions(db, settings.refresh_seconds)


async def keep_months(db: Pool, settings: AuthSettings) -> None:
    """Keep the history of sign-ins to its months."""
    await keep_login_months(db, settings.login_history_months)


async def delete_api_tokens(db: Pool, _settings: AuthSettings) -> None:
    """Delete the API tokens that nobody can remember as good."""
    await delete_revoked_tokens(db, 2 * TELL_AGAIN)


async def delete_challenges(db: Pool, _settings: AuthSettings) -> None:
    """Delete the challenges of passkeys that have expired."""
    await delete_expired_challenges(db)


async def delete_links(db: Pool, _settings: AuthSettings) -> None:
    """Delete the links of letters that have expired."""
    await delete_expired_links(db)


async def delete_rights_changes(db: Pool, _settings: AuthSettings) -> None:
    """Forget the changes of rights that no token is older than."""
    await delete_old_changes(db, 2 * TELL_AGAIN)


async def delete_answers(db: Pool, _settings: AuthSettings) -> None:
    """Delete the first answers that nobody may ask for any more."""
    await prune_answers(db, "auth")


JOBS: Final = (
    Job("accounts", erase_deleted),
    Job("accounts_told", tell_of_accounts),
    Job("account_events", prune_events),
    Job("links", delete_links),
    Job("rights_changes", delete_rights_changes),
    Job("refresh_tokens", delete_refresh_tokens),
    Job("sessions", delete_sessions),
    Job("api_tokens", delete_api_tokens),
    Job("challenges", delete_challenges),
    Job("first_answers", delete_answers),
    Job("login_months", keep_months),
)


async def run_jobs_forever(db: Pool, settings: AuthSettings) -> None:
    """Do all jobs at the start and every hour or so; processes go on at different times."""
    while True:
        await run_jobs(db, settings)
        await asyncio.sleep(random.uniform(SHORTEST_PAUSE, LONGEST_PAUSE))  # noqa: S311


async def run_jobs(db: Pool, settings: AuthSettings) -> None:
    """Do each job once; one that fails waits for the next time."""
    for job in JOBS:
        try:
            await job.function(db, settings)
        except Exception as error:  # noqa: BLE001 the others, and its next turn, may go well
            log.warning("job.failed", job=job.name, error=repr(error))
