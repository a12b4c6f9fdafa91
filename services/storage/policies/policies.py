"""Policies as they are stored: one for all, and those of folders and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from uuid import UUID

from shared.catalog.placement import DEFAULT_RULE
from shared.catalog.policy import Policy

if TYPE_CHECKING:
    from shared.db import Connection, Pool

Kind: TypeAlias = Literal["all", "folder", "file"]

PAGE: Final = 500
NOBODY: Final = UUID(int=0)

# From $2 up: a file or a folder, and all folders that it is in.
FIND_NEAREST: Final = """
WITH RECURSIVE way_up AS (
    SELECT 0 AS depth, $2::uuid AS id, $3::uuid AS parent_id
    UNION ALL
    SELECT way_up.depth + 1, folders.id, folders.parent_id FROM way_up
    JOIN storage.folders ON folders.owner_id = $1 AND folders.id = way_up.parent_id
)
SELECT policies.rule, policies.target_id, policies.is_file FROM way_up
JOIN storage.policies ON policies.owner_id = $1 AND policies.target_id = way_up.id
ORDER BY way_up.depth LIMIT 1
"""
FIND_DEFAULT: Final = f"SELECT {DEFAULT_RULE}"
SET_POLICY: Final = """
INSERT INTO storage.policies (owner_id, target_id, is_file, rule) VALUES ($1, $2, $3, $4)
ON CONFLICT (owner_id, target_id) DO UPDATE SET rule = EXCLUDED.rule, updated_at = now()
"""
DELETE_POLICY: Final = """
DELETE FROM storage.policies WHERE owner_id = $1 AND target_id = $2 RETURNING rule
"""
PRUNE_POLICIES: Final = """
DELETE FROM storage.policies WHERE (owner_id, target_id) IN (
    SELECT policies.owner_id, policies.target_id FROM storage.policies
    WHERE policies.target_id <> '00000000-0000-0000-0000-000000000000'
        AND NOT EXISTS (SELECT FROM storage.files WHERE files.owner_id = policies.owner_id
            AND files.id = policies.target_id AND files.deleted_at IS NULL)
        AND NOT EXISTS (SELECT FROM storage.folders WHERE folders.owner_id = policies.owner_id
            AND folders.id = policies.target_id)
    LIMIT $1
) RETURNING target_id
"""
NOTE_CHANGE: Final = "INSERT INTO storage.placement_changes (owner_id) VALUES ($1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a policy is for: all, or a folder or file of somebody, which is in `folder_id`."""

    kind: Kind = "all"
    owner_id: UUID = NOBODY
    id: UUID = NOBODY
    folder_id: UUID | None = None


ALL_FILES: Final = Target()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The policy that counts, and what it was said of."""

    policy: Policy
    kind: Kind = "all"
    target_id: UUID | None = None


async def find_policy(db: Connection | Pool, target: Target = ALL_FILES) -> Found:
    """The nearest policy: its own, that of a folder it is in, or that of all."""
    if target.kind != "all":
        row = await db.fetchrow(FIND_NEAREST, target.owner_id, target.id, target.folder_id)
        if row is not None:
            kind: Kind = "file" if row["is_file"] else "folder"
            return Found(policy=Policy.read(row["rule"]), kind=kind, target_id=row["target_id"])
    return Found(policy=Policy.read(await db.fetchval(FIND_DEFAULT)))


async def write_policy(db: Connection, target: Target, policy: Policy) -> None:
    """Write a policy down; the files below it are compared with it soon."""
    is_file = target.kind == "file"
    await db.execute(SET_POLICY, target.owner_id, target.id, is_file, policy.rule)
    await _note_change(db, target)


async def erase_policy(db: Connection, target: Target) -> Policy | None:
    """Let the next one up count again; the policy that was there."""
    rule = await db.fetchval(DELETE_POLICY, target.owner_id, target.id)
    if rule is None:
        return None
    await _note_change(db, target)
    return Policy.read(rule)


async def prune_policies(db: Connection | Pool) -> None:
    """Drop policies of files and folders that were erased, page by page."""
    page = PAGE
    while page == PAGE:
        page = len(await db.fetch(PRUNE_POLICIES, PAGE))


async def _note_change(db: Connection, target: Target) -> None:
    # All files are compared whenever the policy for all is another one.
    if target.kind != "all":
        await db.execute(NOTE_CHANGE, target.owner_id)
