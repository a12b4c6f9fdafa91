"""Who may call a route."""

from __future__ import annotations

import enum
from typing import Final, TypeAlias


class Access(enum.Enum):
    """Routes that ask for no particular permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    IN_PERSON = "signed in, not by an API token"


PUBLIC: Final = Access.PUBLIC
SIGNED_IN: Final = Access.SIGNED_IN
IN_PERSON: Final = Access.IN_PERSON

Permission: TypeAlias = Access | str
