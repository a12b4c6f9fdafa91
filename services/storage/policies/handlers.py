"""Policies: shown, set, taken back, and tried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.storage.client import caller_of
from services.storage.files.access import Right, get_file, get_folder
from services.storage.keys import POOL
from services.storage.policies.change import delete_policy, refuse_unknown_zones, set_policy
from services.storage.policies.policies import ALL_FILES, Target, find_policy
from services.storage.policies.schemas import show_policy, show_simulated
from services.storage.policies.simulate import simulate as count_moves
from shared.web.identity import identity_of
from shared.web.paths import path_id
from shared.web.reply import reply, reply_nothing

if TYPE_CHECKING:
    from uuid import UUID

    from aiohttp import web

    from services.storage.policies.schemas import Trial
    from shared.catalog.policy import Policy


async def show(request: web.Request) -> web.Response:
    """Show the policy for all files."""
    return await _answer(request, ALL_FILES)


async def change(request: web.Request, body: Policy) -> web.Response:
    """Set the policy for all files that have none of their own.

    What is stored moves at once, behind fresh uploads: copies that are missing are made first, and
    those that are too many are erased once all others are verified.
    """
    return await _set(request, ALL_FILES, body)


async def show_of_folder(request: web.Request) -> web.Response:
    """Show the policy that counts in a folder: its own, or one from above."""
    return await _answer(request, await _folder(request, path_id(request), Right.READ))


async def change_of_folder(request: web.Request, body: Policy) -> web.Response:
    """Set the policy of all that is below a folder and has none that is nearer."""
    return await _set(request, await _folder(request, path_id(request)), body)


async def delete_of_folder(request: web.Request) -> web.Response:
    """Let the policy from above count in a folder again."""
    target = await _folder(request, path_id(request))
    await delete_policy(request.app[POOL], caller_of(request), target)
    return reply_nothing()


async def show_of_file(request: web.Request) -> web.Response:
    """Show the policy that counts for a file: its own, or one from above."""
    return await _answer(request, await _file(request, path_id(request), Right.READ))


async def change_of_file(request: web.Request, body: Policy) -> web.Response:
    """Set the policy of a file with all its versions."""
    return await _set(request, await _file(request, path_id(request)), body)


async def delete_of_file(request: web.Request) -> web.Response:
    """Let the policy of its folder count for a file again."""
    target = await _file(request, path_id(request))
    await delete_policy(request.app[POOL], caller_of(request), target)
    return reply_nothing()


async def simulate(request: web.Request, body: Trial) -> web.Response:
    """Count what a policy would move, without setting it.

    For all files, or those below a folder, without those that have a policy which is nearer; or for
    one file.
    """
    target, pool = ALL_FILES, request.app[POOL]
    if body.folder_id is not None:
        target = await _folder(request, body.folder_id)
    elif body.file_id is not None:
        target = await _file(request, body.file_id)
    await refuse_unknown_zones(pool, body.policy)
    return reply(show_simulated(await count_moves(pool, target, body.policy)))


async def _set(request: web.Request, target: Target, policy: Policy) -> web.Response:
    await set_policy(request.app[POOL], caller_of(request), target, policy)
    return await _answer(request, target)


async def _answer(request: web.Request, target: Target) -> web.Response:
    return reply(show_policy(await find_policy(request.app[POOL], target)))


async def _folder(request: web.Request, folder_id: UUID, right: Right = Right.OWN) -> Target:
    user_id = identity_of(request).user_id
    folder = await get_folder(request.app[POOL], user_id, folder_id, right=right)
    return Target(kind="folder", owner_id=folder.owner_id, id=folder.id, folder_id=folder.parent_id)


async def _file(request: web.Request, file_id: UUID, right: Right = Right.OWN) -> Target:
    user_id = identity_of(request).user_id
    file = await get_file(request.app[POOL], user_id, file_id, right=right)
    return Target(kind="file", owner_id=file.owner_id, id=file.id, folder_id=file.folder_id)
