"""What is refused to senders: how it is told to them, and where its owner sees it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.receiving.found_drops import count_guess
from shared.errors import (
    DROP_NOT_FOUND,
    FOLDER_NOT_FOUND,
    FOLDER_TRASHED,
    QUOTA_EXCEEDED,
    WRONG_PASSWORD,
    MeridianError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from services.storage.caller import Caller
    from services.storage.receiving.found_drops import FoundDrop
    from shared.db import Pool

GONE = frozenset((FOLDER_NOT_FOUND, FOLDER_TRASHED))
NO_ROOM = "Whoever asks for these files has no room left."


@contextmanager
def told_to_senders() -> Iterator[None]:
    """Say nothing of how much the owner stores, and of what became of the folder."""
    try:
        yield
    except MeridianError as error:
        if error.problem is QUOTA_EXCEEDED:
            raise MeridianError(QUOTA_EXCEEDED, NO_ROOM) from error
        if error.problem in GONE:
            raise MeridianError(DROP_NOT_FOUND) from error
        raise


def noting_guesses(pool: Pool, caller: Caller, drop: FoundDrop) -> Callable[[], Awaitable[int]]:
    """What counts a wrong password, writes it into the history, and gives how many there were."""
    return partial(_note_guess, pool, caller, drop)


async def _note_guess(pool: Pool, caller: Caller, drop: FoundDrop) -> int:
    guesses = await count_guess(pool, drop)
    refused = NewAction(
        owner_id=drop.owner_id,
        event=ActionEvent.DROP_REFUSE,
        object_id=drop.folder_id,
        data={"title": drop.title, "reason": WRONG_PASSWORD.code},
        link_id=drop.id,
    )
    await insert_actions(pool, caller, [refused])
    return guesses
