"""Objects with which a server fails: they hold up no others, unless it is the server itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import structlog

from shared.stores.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

log = structlog.get_logger(__name__)

# So many one after the other are no accident.
MOST_IN_A_ROW: Final = 5


class Setbacks:
    """Of one sweep over one server; `what` is said of the objects that it failed with."""

    def __init__(self, server: str, what: str = "were passed over") -> None:
        self._server = server
        self._what = what
        self._count = 0
        self._in_a_row = 0
        self._error = ""

    @property
    def left_out(self) -> str | None:
        """What was left out, in words."""
        if not self._count:
            return None
        return f"{self._count} objects {self._what}, the last: {self._error}"

    def went_well(self) -> None:
        """Note that the server does what it is asked."""
        self._in_a_row = 0

    def note(self, error: Exception, told: str) -> None:
        """Count a failure; raises it when it is one of several in a row."""
        self._count += 1
        self._in_a_row += 1
        self._error = told
        if self._in_a_row == MOST_IN_A_ROW:
            raise error

    @contextmanager
    def passed_over(self, key: str) -> Iterator[None]:
        """Do something with one object; the StoreError of several in a row."""
        try:
            yield
        except StoreError as error:
            log.warning("object_passed_over", server=self._server, key=key, error=str(error))
            self.note(error, f"{self._server}: {error}")
        else:
            self.went_well()
