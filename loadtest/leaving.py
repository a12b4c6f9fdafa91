"""How commands that start processes leave when somebody ends them."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType


def clean_up_when_ended() -> None:
    """From now on leave by the way that cleans up, also when asked to by a signal."""
    signal.signal(signal.SIGTERM, _leave)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
