"""What is said and written down when a link does not open."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final

from services.storage.history.actions import NewAction, insert_actions
from services.storage.history.events import ActionEvent
from services.storage.opening.found_links import count_guess
from shared.errors import (
    FILE_NOT_FOUND,
    FILE_TRASHED,
    VERSION_NOT_FOUND,
    WRONG_PASSWORD,
    MeridianError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from services.storage.caller import Caller
    from services.storage.opening.found_links import FoundLink
    from shared.db import Pool
    from shared.errors import Problem

GONE: Final = frozenset((FILE_NOT_FOUND, FILE_TRASHED, VERSION_NOT_FOUND))


@contextmanager
def told_to_guests(problem: Problem) -> Iterator[None]:
    """Whether something is in the trash, deleted, or was never there: guests hear the same."""
    try:
        yield
    except MeridianError as error:
        if error.problem in GONE:
            raise MeridianError(problem) from error
        raise


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
