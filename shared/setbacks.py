"""What a job fails with holds up nothing behind it, and in the end the job says that it failed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

log = structlog.get_logger(__name__)


class Setbacks:
    """Of one run of a job over the things of many people."""

    def __init__(self) -> None:
        self._last: Exception | None = None

    @contextmanager
    def passed_over(self, what: str, thing_id: UUID) -> Iterator[None]:
        """Do something with one thing; what goes wrong waits for the next run."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 whatever it was, those behind have their turn
            log.warning("passed_over", what=what, id=str(thing_id), error=repr(error))
            self._last = error

    def tell(self) -> None:
        """Raise the last of them."""
        if self._last is not None:
            raise self._last
