"""Brings the database to the state the files in sql/ describe: `python -m shared.migrate`."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import click

from shared.db_outage import DATABASE_ERRORS
from shared.strength import weakness

if TYPE_CHECKING:
    from collections.abc import Mapping

SQL_FOLDER = Path(__file__).parent.parent / "sql"
SCHEMAS = ("auth", "storage", "movies")
GRANTS = "grants.sql"
REPEATED = (GRANTS, "seed.sql")
ROLES = ("auth", "storage", "replicator", "movies")
# Of an example: where nobody gives it a password, it may not sign in.
OPTIONAL = "movies"
LOCK = 0x6D65726964  # "merid": one migration at a time

MIGRATIONS = """
CREATE TABLE IF NOT EXISTS public.migrations (
    name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
"""
APPLIED = "SELECT name, checksum FROM public.migrations"
RECORD = """
INSERT INTO public.migrations (name, checksum) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET checksum = EXCLUDED.checksum, applied_at = now()
"""
ENSURE_ROLE = """
SELECT format(CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = $1)
    THEN 'ALTER ROLE %1$I ' ELSE 'CREATE ROLE %1$I ' END
    || CASE WHEN $2 = '' THEN 'NOLOGIN' ELSE 'LOGIN PASSWORD %2$L' END,
    $1::text, $2::text)
"""


class MigrationError(Exception):
    """The database and the files in sql/ do not fit together."""


async def migrate(url: str, passwords: dict[str, str]) -> list[str]:
    """Apply what is missing, as the owner of the database; return the names of files applied.

    `passwords` of the roles `meridian_auth`, `meridian_storage` and so on, keyed by the part
    behind `meridian_`; a role with an empty one may not sign in.
    """
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        await connection.execute(MIGRATIONS)
        for role, password in passwords.items():
            await connection.execute(
                await connection.fetchval(ENSURE_ROLE, f"meridian_{role}", password)
            )
        return await _apply_missing(connection)
    finally:
        await connection.close()


async def _apply_missing(connection: asyncpg.Connection[asyncpg.Record]) -> list[str]:
    applied = {row["name"]: row["checksum"] for row in await connection.fetch(APPLIED)}
    files = {name: path.read_text(encoding="utf-8") for name, path in _sql_files().items()}
    checksums = {name: _checksum(text) for name, text in files.items()}
    _refuse_what_does_not_fit(applied, checksums)
    changed = [name for name in files if applied.get(name) != checksums[name]]
    # A new table needs its grants, although their text is as it was.
    missing = [name for name in files if name in changed or (changed and name == GRANTS)]
    for name in missing:
        async with connection.transaction():
            await connection.execute(files[name])
            await connection.execute(RECORD, name, checksums[name])
    return missing


def refuse_what_does_not_fit(applied: Mapping[str, str]) -> None:
    """MigrationError when files with these checksums were applied to what this code is to use."""
    here = {name: _checksum(path.read_text("utf-8")) for name, path in _sql_files().items()}
    _refuse_what_does_not_fit(applied, here)


def _refuse_what_does_not_fit(applied: Mapping[str, str], here: Mapping[str, str]) -> None:
    for name, checksum in applied.items():
        if name not in here:
            raise MigrationError(f"the database is newer than this code: it has {name}")
        if checksum != here[name] and name not in REPEATED:
            raise MigrationError(f"{name} was changed after it was applied")


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _sql_files() -> dict[str, Path]:
    numbered = [path for schema in SCHEMAS for path in sorted((SQL_FOLDER / schema).glob("*.sql"))]
    files = [*numbered, *(SQL_FOLDER / name for name in REPEATED)]
    return {path.relative_to(SQL_FOLDER).as_posix(): path for path in files}


@click.command(context_settings={"auto_envvar_prefix": "MERIDIAN"})
@click.option(
    "--database-url", required=True, show_envvar=True, help="as the owner of the database"
)
@click.option("--auth-db-password", required=True, show_envvar=True, help="of meridian_auth")
@click.option("--storage-db-password", required=True, show_envvar=True, help="of meridian_storage")
@click.option(
    "--replicator-db-password", required=True, show_envvar=True, help="of meridian_replicator"
)
@click.option(
    "--movies-db-password",
    default="",
    show_envvar=True,
    help="of meridian_movies, the example; without one it cannot sign in",
)
def main(database_url: str, **passwords: str) -> None:
    """Create or upgrade the tables, roles, grants and seed rows. Safe to run again."""
    for name, password in passwords.items():
        may_be_empty = name.startswith(OPTIONAL)
        because = None if may_be_empty and not password else weakness(password)
        if because:
            raise click.ClickException(f"MERIDIAN_{name.upper()} {because}")
    try:
        applied = asyncio.run(
            migrate(database_url, {role: passwords[f"{role}_db_password"] for role in ROLES})
        )
    except MigrationError as error:
        raise click.ClickException(str(error)) from error
    except DATABASE_ERRORS as error:
        raise click.ClickException(f"PostgreSQL: {error}") from error
    click.echo("\n".join(f"applied {name}" for name in applied) or "nothing to do")


if __name__ == "__main__":
    main()
