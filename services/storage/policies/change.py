"""An operator says which servers hold what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.policies.policies import ALL_FILES, erase_policy, find_policy, write_policy
from shared.catalog.jobs import PLACEMENT_JOB, run_job_now
from shared.catalog.placement import missing_zones
from shared.catalog.servers import list_servers
from shared.errors import VALIDATION_FAILED, MeridianError

if TYPE_CHECKING:
    from services.storage.caller import Caller
    from services.storage.policies.policies import Target
    from shared.catalog.policy import Policy
    from shared.db import Connection, Pool

# The job that compares what some people have with what is wanted.
OF_PEOPLE: Final = "placement.moved"


async def set_policy(pool: Pool, caller: Caller, target: Target, policy: Policy) -> None:
    """Set the policy of a target; VALIDATION_FAILED for a zone that has no server."""
    await refuse_unknown_zones(pool, policy)
    async with pool.acquire() as db, db.transaction():
        before = await find_policy(db, target)
        is_own = before.kind == target.kind and before.target_id in {target.id, None}
        await write_policy(db, target, policy)
        await _note(db, caller, target, before.policy if is_own else None, policy)
        await _wake(db, target)


async def delete_policy(pool: Pool, caller: Caller, target: Target) -> None:
    """Take the policy of a folder or file back; there need not be one."""
    async with pool.acquire() as db, db.transaction():
        before = await erase_policy(db, target)
        if before is not None:
            await _note(db, caller, target, before, None)
        await _wake(db, target)


async def refuse_unknown_zones(pool: Pool, policy: Policy) -> None:
    """Raise VALIDATION_FAILED when a zone is required where nothing can be stored."""
    missing = missing_zones(policy, await list_servers(pool))
    if missing:
        said = [f"There is no server in {zone} that takes copies." for zone in missing]
        raise MeridianError(VALIDATION_FAILED, errors={"zones.require": said})


async def _wake(db: Connection, target: Target) -> None:
    await run_job_now(db, PLACEMENT_JOB if target == ALL_FILES else OF_PEOPLE)


async def _note(
    db: Connection, caller: Caller, target: Target, before: Policy | None, after: Policy | None
) -> None:
    assert caller.user_id is not None
    facts = {"before": before and before.rule, "policy": after and after.rule}
    action = NewAction(
        owner_id=caller.user_id,
        event=ActionEvent.POLICY_CHANGE,
        object_id=None if target == ALL_FILES else target.id,
        data={"for": target.kind, **facts},
    )
    await insert_actions(db, caller, [action])
