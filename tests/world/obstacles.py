"""Triggers that refuse a statement, for tests of what a job makes of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from shared.db import Pool

REFUSE = """
CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'refused by a test';
END
$$;
CREATE TRIGGER refuse_one BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW WHEN (OLD.{column} = '{value}') EXECUTE FUNCTION refuse_one()
"""
BOUND = """
CREATE OR REPLACE FUNCTION refuse_many() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM before) > {most} THEN
        RAISE EXCEPTION 'more rows than {most} in one statement';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER bound_rows AFTER {operation} ON {table} REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_many()
"""


async def refuse(pool: Pool, table: str, column: str, value: UUID | str) -> None:
    """Let nobody change or delete the rows of a table that have this value."""
    await pool.execute(REFUSE.format(table=table, column=column, value=value))


async def bound(pool: Pool, table: str, operation: str, most: int) -> None:
    """Let no statement change, or delete, more rows of a table than so many."""
    await pool.execute(BOUND.format(table=table, operation=operation, most=most))
