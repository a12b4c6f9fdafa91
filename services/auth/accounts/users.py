"""Users: people with an account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from services.auth.accounts.names import fold, fold_address
from shared.errors import USER_NOT_FOUND, MeridianError
from shared.ids import new_id

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

# A superuser holds every permission, also one that no role has.
PERMISSIONS: Final = """ARRAY(
        SELECT permissions.name FROM auth.permissions
        WHERE users.is_superuser OR permissions.id IN (
            SELECT role_permissions.permission_id
            FROM auth.user_roles JOIN auth.role_permissions USING (role_id)
            WHERE user_roles.user_id = users.id)
        ORDER BY permissions.name) AS permissions"""
ROLES: Final = """ARRAY(
        SELECT roles.name FROM auth.user_roles JOIN auth.roles ON roles.id = user_roles.role_id
        WHERE user_roles.user_id = users.id ORDER BY roles.name) AS roles"""
COLUMNS: Final = f"""users.id, users.username, users.email, users.first_name, users.last_name,
    users.is_superuser, users.is_active, users.revision, users.created_at, users.updated_at,
    users.deleted_at, users.email_confirmed_at,
    users.password_hash IS NOT NULL AS has_password, {ROLES}, {PERMISSIONS}"""
SUBJECT: Final = f"""users.id AS user_id, users.username, users.is_superuser, {PERMISSIONS},
    (SELECT rights.version FROM auth.rights) AS rights_version"""

FIND_USER: Final = f"SELECT {COLUMNS} FROM auth.users WHERE users.id = $1"
# Without the role the sub-select is NULL and the whole statement fails: no user without rights.
INSERT_USER: Final = """
WITH added AS (
    INSERT INTO auth.users (username, username_key, email, email_key, password_hash,
        first_name, last_name, is_superuser, id, email_confirmed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, CASE WHEN $10::boolean THEN now() END)
    RETURNING id
)
INSERT INTO auth.user_roles (user_id, role_id)
SELECT added.id, (SELECT roles.id FROM auth.roles WHERE roles.name = 'member') FROM added
RETURNING user_id
"""
HOLD_USER: Final = "SELECT FROM auth.users WHERE id = $1 FOR NO KEY UPDATE"
UPDATE_PROFILE: Final = """
UPDATE auth.users
SET email = COALESCE($3, email), email_key = COALESCE($4, email_key),
    email_confirmed_at = CASE WHEN email_key = COALESCE($4, email_key)
        THEN email_confirmed_at END,
    first_name = COALESCE($5, first_name), last_name = COALESCE($6, last_name),
    revision = revision + 1, updated_at = now()
WHERE id = $1 AND ($2::integer IS NULL OR revision = $2)
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class User:
    """An account with its roles and the permissions that follow from them."""

    id: UUID
    username: str
    email: str
    first_name: str
    last_name: str
    is_superuser: bool
    is_active: bool
    revision: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    email_confirmed_at: datetime | None
    has_password: bool
    roles: list[str]
    permissions: list[str]

    @property
    def own_names(self) -> tuple[str, ...]:
        """What everybody knows of somebody."""
        return self.username, self.email, self.first_name, self.last_name


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account to be."""

    username: str
    email: str
    password: str = field(repr=False)
    first_name: str = ""
    last_name: str = ""
    is_superuser: bool = False
    invitation: str | None = field(default=None, repr=False)
    has_confirmed_email: bool = False
    id: UUID = field(default_factory=new_id)

    @property
    def own_names(self) -> tuple[str, ...]:
        """What everybody knows of somebody."""
        return self.username, self.email, self.first_name, self.last_name


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """New values for a profile; None leaves a value as it is."""

    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None


async def find_user(db: Connection | Pool, user_id: UUID) -> User | None:
    """One user by id."""
    row = await db.fetchrow(FIND_USER, user_id)
    return None if row is None else User(**row)


async def get_user(db: Connection | Pool, user_id: UUID) -> User:
    """One user by id; USER_NOT_FOUND."""
    user = await find_user(db, user_id)
    if user is None:
        raise MeridianError(USER_NOT_FOUND)
    return user


async def hold_user(db: Connection, user_id: UUID) -> None:
    """Let whoever changes this user or ends their sessions wait until the transaction ends."""
    await db.execute(HOLD_USER, user_id)


async def insert_user(db: Connection | Pool, new: NewUser, password_hash: str | None) -> None:
    """Add a user with the role `member`; UniqueViolationError names the constraint hurt."""
    await db.execute(
        INSERT_USER,
        new.username,
        fold(new.username),
        new.email,
        fold_address(new.email),
        password_hash,
        new.first_name,
        new.last_name,
        new.is_superuser,
        new.id,
        new.has_confirmed_email,
    )


async def update_profile(
    db: Connection | Pool, user_id: UUID, change: ProfileChange, revision: int | None
) -> bool:
    """Change a profile, only at this revision when one is given; False when it has another."""
    email_key = None if change.email is None else fold_address(change.email)
    names = (change.first_name, change.last_name)
    found = await db.fetchval(UPDATE_PROFILE, user_id, revision, change.email, email_key, *names)
    return found is not None
