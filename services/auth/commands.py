"""What an operator does with accounts and keys from the command line."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from marshmallow import ValidationError

from services.auth.accounts.credentials import find_credentials
from services.auth.accounts.register import register
from services.auth.accounts.schemas import NewAccountSchema
from services.auth.attempts.lanes import OPERATOR
from services.auth.audit.actions import COMMAND_LINE
from services.auth.audit.verify_chain import verify_chain
from services.auth.signing import issuer, tell_keys
from shared.errors import MeridianError
from shared.ledger import GENESIS, read_link
from shared.passwords.hashing import Passwords
from shared.pooler import open_database
from shared.vault import Vault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from services.auth.accounts.users import NewUser
    from shared.db import Pool
    from shared.env import SharedSettings

THREADS: Final = 2
POOL_SIZE: Final = 2


class CommandError(Exception):
    """What was asked for cannot be done; says why."""


async def create_account(shared: SharedSettings, account: dict[str, Any]) -> None:
    """Add one user; CommandError for bad values or taken names."""
    new = read_account(account)
    async with database(shared) as db:
        await add(db, Passwords(THREADS), new)


async def ensure_accounts(shared: SharedSettings, accounts: Iterable[dict[str, Any]]) -> list[str]:
    """Add the users that are not there yet; return their names."""
    wanted = [read_account(account) for account in accounts]
    passwords = Passwords(THREADS)
    created = []
    async with database(shared) as db:
        for new in wanted:
            if await find_credentials(db, new.username) is None:
                await add(db, passwords, new)
                created.append(new.username)
    return created


async def rotate_keys(shared: SharedSettings, *, at_once: bool) -> str:
    """Publish a new signing key; return its id."""
    async with database(shared) as db:
        return await issuer.rotate_keys(db, Vault(shared.secret_keys), at_once=at_once)


async def list_keys(shared: SharedSettings) -> list[str]:
    """Describe the signing keys, a line each."""
    async with database(shared) as db:
        return await tell_keys.tell_keys(db)


async def verify_audit(shared: SharedSettings, known: str) -> str:
    """Check the audit; return its end as `number:hash`, CommandError for the first broken row.

    `known` is an end of before, which must still be in it; empty for none.
    """
    try:
        link = read_link(known) if known else GENESIS
    except ValueError as error:
        raise CommandError(f'"{known}" is no end of an audit, such as 12:5f…') from error
    async with database(shared) as db:
        verdict = await verify_chain(db, link)
    if verdict.broken is not None:
        raise CommandError(f"the audit is broken: row {verdict.broken} was changed or is missing")
    return str(verdict.last)


def read_account(account: dict[str, Any]) -> NewUser:
    """Check the values of an account as a registration does."""
    try:
        new: NewUser = NewAccountSchema().load(account)
    except ValidationError as error:
        raise CommandError(describe(error.messages)) from error
    return new


async def add(db: Pool, passwords: Passwords, new: NewUser) -> None:
    """Add a user, or say in one line why not."""
    try:
        await register(db, passwords, new, OPERATOR, COMMAND_LINE)
    except MeridianError as error:
        raise CommandError(describe(error.errors or error.problem.title)) from error


def describe(problems: object) -> str:
    """Write problems by field in one line."""
    if not isinstance(problems, dict):
        return str(problems)
    lines = (f"{name}: {' '.join(map(str, texts))}" for name, texts in problems.items())
    return "; ".join(lines)


@asynccontextmanager
async def database(shared: SharedSettings) -> AsyncIterator[Pool]:
    """Open the database for a command."""
    db = await open_database(shared, max_size=POOL_SIZE, name="auth-command")
    try:
        yield db
    finally:
        await db.close()
