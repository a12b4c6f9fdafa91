"""Cleaning up that has to happen also while its task is being cancelled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Coroutine

log = structlog.get_logger(__name__)


async def shelter(work: Coroutine[Any, Any, object], seconds: float) -> bool:
    """Run `work` to its end or for `seconds`, whatever happens to the caller; whether it succeeded.

    Failures are logged only: what is left undone is found again in PostgreSQL.
    """
    task = asyncio.create_task(_bounded(work, seconds))
    is_cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            is_cancelled = True
    if is_cancelled:
        raise asyncio.CancelledError
    return task.result()


async def _bounded(work: Coroutine[Any, Any, object], seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await work
    except Exception as error:  # noqa: BLE001 it is the clean-up of what failed already
        log.warning("not_cleaned_up", error=repr(error))
        return False
    return True
