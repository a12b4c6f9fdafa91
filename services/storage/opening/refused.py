"""Somebody did not know the password of a link: its owner sees it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.opening.found_links import count_guess
from shared.errors import WRONG_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from services.storage.caller import Caller
    from services.storage.opening.found_links import FoundLink
    from shared.db import Pool


def noting_guesses(pool: Pool, caller: Caller, link: FoundLink) -> Callable[[], Awaitable[int]]:
    """What counts a wrong password, writes it into the history, and gives how many there were."""
    return partial(_note_guess, pool, caller, link)


async def _note_guess(pool: Pool, caller: Caller, link: FoundLink) -> int:
    guesses = await count_guess(pool, link)
    refused = NewAction(
        owner_id=link.owner_id,
        event=ActionEvent.LINK_REFUSE,
        object_id=link.file_id or link.folder_id,
        data={"name": link.name, "reason": WRONG_PASSWORD.code},
        link_id=link.id,
    )
    await insert_actions(pool, caller, [refused])
    return guesses
