"""How a server has been doing in this process: a small circuit breaker.

It refuses nothing by itself: whoever can wait or go elsewhere asks it first.
"""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from shared.stores.errors import MultipartMissing, StoreError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

TRIES = 3
FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 30.0
SLOW_SECONDS = 30.0


class Health:
    """Failures in a row, and until when the server is better left alone."""

    def __init__(self) -> None:
        self._failures = 0
        self._closed_until = 0.0
        self._slow_until = 0.0
        self._pause = FIRST_PAUSE_SECONDS

    @property
    def is_down(self) -> bool:
        """Whether it did not answer several times in a row, the last of them just now."""
        return self._failures >= TRIES and monotonic() < self._closed_until

    @property
    def is_slow(self) -> bool:
        """Whether it lately held others up, or is only being tried again."""
        return self._failures >= TRIES or monotonic() < self._slow_until

    @property
    def is_doubtful(self) -> bool:
        """Whether its last answers failed to come, so that one should be tried before many."""
        return self._failures >= TRIES

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Note how a request goes: a refusal is an answer too."""
        try:
            yield
        except MultipartMissing:
            self.succeeded()
            raise
        except StoreUnavailable:
            self.failed()
            raise
        except StoreError:
            self.succeeded()
            raise
        self.succeeded()

    def succeeded(self) -> None:
        """It answered."""
        self._failures = 0
        self._pause = FIRST_PAUSE_SECONDS

    def failed(self) -> None:
        """It did not; each further failure makes the pause before the next try longer."""
        self._failures += 1
        if self._failures >= TRIES and monotonic() >= self._closed_until:
            self._closed_until = monotonic() + self._pause
            self._pause = min(LONGEST_PAUSE_SECONDS, self._pause * 2)

    def held_others_up(self) -> None:
        """It took part in a copy with others and was much slower than they."""
        self._slow_until = monotonic() + SLOW_SECONDS
