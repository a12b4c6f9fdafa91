"""Plans of PostgreSQL, and what they came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.db import Connection


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


async def explain(db: Connection, statement: str, *arguments: object) -> dict[str, Any]:
    """The plan of a statement, made without a look at its arguments, and what it came to."""
    await db.execute(f"PREPARE listed AS {statement}")
    values = ", ".join(f"'{argument}'" for argument in arguments)
    run = f"EXECUTE listed ({values})" if values else "EXECUTE listed"
    text = await db.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {run}")
    await db.execute("DEALLOCATE listed")
    plan: dict[str, Any] = orjson.loads(text)[0]["Plan"]
    return plan
