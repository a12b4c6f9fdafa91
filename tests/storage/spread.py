"""A database whose large tables are spread over native hash partitions by owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

NAME = "meridian_spread"
TABLES = ("folders", "files", "versions", "replicas")
PARTITIONS = 8

FOREIGN_KEYS = """
SELECT conrelid::regclass::text AS name, conname, pg_get_constraintdef(pg_constraint.oid) AS text
FROM pg_constraint WHERE contype = 'f' AND connamespace = 'storage'::regnamespace
    AND (conrelid = ANY($1::text[]::regclass[]) OR confrelid = ANY($1::text[]::regclass[]))
"""
TRIGGERS = """
SELECT pg_get_triggerdef(oid) FROM pg_trigger
WHERE tgrelid = ANY($1::text[]::regclass[]) AND NOT tgisinternal
"""
GRANTS = """
SELECT format('GRANT %s ON storage.%I TO %I', privilege_type, table_name, grantee)
FROM information_schema.role_table_grants
WHERE table_schema = 'storage' AND table_name = ANY($1) AND grantee <> current_user
UNION ALL
SELECT format('GRANT %s (%I) ON storage.%I TO %I', privilege_type, column_name, table_name, grantee)
FROM information_schema.role_column_grants
WHERE table_schema = 'storage' AND table_name = ANY($1) AND grantee <> current_user
"""


async def make_spread_database(source: str) -> str:
    """Copy the migrated database at `source` and spread its empty tables; its name."""
    server = source.rpartition("/")[0]
    admin = await asyncpg.connect(f"{server}/postgres")
    await admin.execute(f"CREATE DATABASE {NAME} TEMPLATE meridian")
    await admin.close()
    db = await asyncpg.connect(f"{server}/{NAME}")
    async with db.transaction():
        names = [f"storage.{table}" for table in TABLES]
        keys = await db.fetch(FOREIGN_KEYS, names)
        more = [row[0] for row in await db.fetch(GRANTS, TABLES)]
        more += [row[0] for row in await db.fetch(TRIGGERS, names)]
        for name, constraint, _ in keys:
            await db.execute(f"ALTER TABLE {name} DROP CONSTRAINT {constraint}")
        for table in TABLES:
            await _spread(db, table)
        for name, constraint, text in keys:
            await db.execute(f"ALTER TABLE {name} ADD CONSTRAINT {constraint} {text}")
        for statement in more:
            await db.execute(statement)
    await db.close()
    return NAME


async def _spread(db: Connection, table: str) -> None:
    await db.execute(
        f"""
        ALTER TABLE storage.{table} RENAME TO whole;
        CREATE TABLE storage.{table} (LIKE storage.whole INCLUDING ALL)
            PARTITION BY HASH (owner_id);
        DROP TABLE storage.whole
        """
    )
    for number in range(PARTITIONS):
        await db.execute(
            f"CREATE TABLE storage.{table}_{number} PARTITION OF storage.{table}"
            f" FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {number})"
        )
