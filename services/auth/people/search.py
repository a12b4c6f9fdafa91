"""Finds users by name, e-mail address, role and whether they may sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from services.auth.accounts.names import fold, sign_in_key
from services.auth.accounts.users import COLUMNS, User

if TYPE_CHECKING:
    from shared.db import Connection, Pool

# One condition for each thing that is asked for: a statement with all of them is planned badly.
# Each is compared in the form in which it is kept: a name, an address, what people are called.
HAS_TEXT: Final = """(position(({0}::text[])[1] IN users.username_key) > 0
    OR position(({0}::text[])[2] IN users.email_key) > 0
    OR position(
        lower(({0}::text[])[3]) IN lower(users.first_name || ' ' || users.last_name)) > 0)"""
HAS_ROLE: Final = """EXISTS (
    SELECT FROM auth.user_roles JOIN auth.roles ON roles.id = user_roles.role_id
    WHERE user_roles.user_id = users.id AND roles.name = {0})"""
IS_ACTIVE: Final = "users.is_active = {0}"
IS_BEHIND: Final = "users.username_key > {0}"
LIST_USERS: Final = f"""
SELECT {COLUMNS}, users.username_key FROM auth.users
WHERE {{conditions}} ORDER BY users.username_key LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which users are looked for; None makes no difference."""

    text: str | None = None
    role: str | None = None
    is_active: bool | None = None


async def list_users(
    db: Connection | Pool, wanted: Wanted, after: str | None, limit: int
) -> list[tuple[str, User]]:
    """Users with the key they are sorted by, from behind that one on."""
    values: list[object] = [limit]
    conditions = ["true"]
    text = _forms(wanted.text) if wanted.text else None
    asked = ((HAS_TEXT, text), (HAS_ROLE, wanted.role), (IS_ACTIVE, wanted.is_active))
    for condition, value in (*asked, (IS_BEHIND, after)):
        if value is not None:
            values.append(value)
            conditions.append(condition.format(f"${len(values)}"))
    statement = LIST_USERS.format(conditions=" AND ".join(conditions))
    rows = [dict(row) for row in await db.fetch(statement, *values)]
    return [(row.pop("username_key"), User(**row)) for row in rows]


def _forms(text: str) -> list[str]:
    return [fold(text), sign_in_key(text), text]
