"""Who may call a route."""

from __future__ import annotations

import enum
from typing import Final, TypeAlias


class Access(enum.Enum):
    """Routes that ask for no particular permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"


PUBLIC: Final = Access.PUBLIC
SIGNED_IN: Final = Access.SIGNED_IN

Permission: TypeAlias = Access | str
