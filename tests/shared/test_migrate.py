"""From any older database to what the files in sql/ describe, and never back."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
import pytest
from click.testing import CliRunner

from shared import migrate as migrate_module
from shared.migrate import GRANTS, ROLES, MigrationError, main, migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.conftest import Database

PASSWORD = "three-cities-and-a-half-27"
FIRST = "CREATE TABLE later (id int PRIMARY KEY); INSERT INTO later VALUES (1);"
SECOND = "ALTER TABLE later ADD COLUMN name text NOT NULL DEFAULT 'old';"


@pytest.fixture
def sql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of our own, as far as an earlier version had come."""
    (tmp_path / "storage").mkdir()
    (tmp_path / "auth").mkdir()
    (tmp_path / "storage" / "0001_first.sql").write_text(FIRST)
    for name in ("grants.sql", "seed.sql"):
        (tmp_path / name).write_text("SELECT 1;")
    monkeypatch.setattr(migrate_module, "SQL_FOLDER", tmp_path)
    return tmp_path


@pytest.fixture
async def url(database: Database, sql: Path) -> str:
    """A database that this earlier version made."""
    async with opened(database.owner) as db:
        await db.execute("DROP TABLE public.migrations")
    applied = await migrate(database.owner, {})
    assert applied == ["storage/0001_first.sql", "grants.sql", "seed.sql"]
    return database.owner


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    db = await asyncpg.connect(url)
    try:
        yield db
    finally:
        await db.close()


async def test_an_older_database_is_brought_up_to_date(url: str, sql: Path) -> None:
    (sql / "storage" / "0002_second.sql").write_text(SECOND)
    assert await migrate(url, {}) == ["storage/0002_second.sql", GRANTS]
    async with opened(url) as db:
        assert tuple(await db.fetchrow("SELECT id, name FROM later") or ()) == (1, "old")
    assert await migrate(url, {}) == []


async def test_a_newer_database_is_refused(url: str, sql: Path) -> None:
    (sql / "storage" / "0002_second.sql").write_text(SECOND)
    await migrate(url, {})
    (sql / "storage" / "0002_second.sql").unlink()
    with pytest.raises(MigrationError, match=r"newer than this code.*0002_second"):
        await migrate(url, {})


async def test_a_file_that_was_changed_later_is_refused(url: str, sql: Path) -> None:
    (sql / "storage" / "0001_first.sql").write_text(f"{FIRST} SELECT 2;")
    (sql / "storage" / "0002_second.sql").write_text(SECOND)
    with pytest.raises(MigrationError, match=r"0001_first\.sql was changed"):
        await migrate(url, {})
    async with opened(url) as db:
        with pytest.raises(asyncpg.UndefinedColumnError):
            await db.fetch("SELECT name FROM later")


async def test_grants_and_seeds_are_applied_again_when_they_change(url: str, sql: Path) -> None:
    (sql / "seed.sql").write_text("INSERT INTO later VALUES (2);")
    assert await migrate(url, {}) == [GRANTS, "seed.sql"]
    assert await migrate(url, {}) == []


async def test_a_new_table_gets_its_grants(url: str, sql: Path) -> None:
    (sql / "grants.sql").write_text("GRANT SELECT ON ALL TABLES IN SCHEMA auth TO meridian_auth;")
    await migrate(url, {})
    (sql / "auth" / "0001_more.sql").write_text("CREATE TABLE auth.more (id int);")
    await migrate(url, {})
    async with opened(url) as db:
        asked = "SELECT has_table_privilege('meridian_auth', 'auth.more', 'SELECT')"
        assert await db.fetchval(asked)


async def test_a_file_that_fails_leaves_nothing_and_may_be_mended(url: str, sql: Path) -> None:
    second = sql / "storage" / "0002_second.sql"
    second.write_text(f"{SECOND} SELECT * FROM nowhere;")
    with pytest.raises(asyncpg.UndefinedTableError):
        await migrate(url, {})
    second.write_text(SECOND)
    assert await migrate(url, {}) == ["storage/0002_second.sql", GRANTS]


async def test_two_at_once_do_it_once(url: str, sql: Path) -> None:
    (sql / "storage" / "0002_second.sql").write_text(f"SELECT pg_sleep(0.3); {SECOND}")
    both = await asyncio.gather(migrate(url, {}), migrate(url, {}))
    assert sorted(both) == [[], ["storage/0002_second.sql", GRANTS]]


@pytest.mark.usefixtures("sql")
@pytest.mark.parametrize("role", ROLES)
def test_a_weak_password_is_refused_by_name(role: str) -> None:
    name = f"MERIDIAN_{role.upper()}_DB_PASSWORD"
    settings = {f"MERIDIAN_{one.upper()}_DB_PASSWORD": PASSWORD for one in ROLES}
    settings |= {name: "changeme", "MERIDIAN_DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}
    said = CliRunner().invoke(main, env=settings)
    assert said.exit_code == 1
    assert said.output.startswith(f"Error: {name} must have")


def test_a_database_that_is_away_is_said() -> None:
    settings = {f"MERIDIAN_{role.upper()}_DB_PASSWORD": PASSWORD for role in ROLES}
    settings["MERIDIAN_DATABASE_URL"] = "postgresql://me:secret-word@127.0.0.1:1/x"
    said = CliRunner().invoke(main, env=settings)
    assert said.exit_code == 1
    assert said.output.startswith("Error: PostgreSQL: ")
    assert "secret-word" not in said.output
