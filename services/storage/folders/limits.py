"""How deep folders may lie and how long their paths may be."""

from __future__ import annotations

from services.storage.files.names import (
    DEEPEST_FOLDER,
    LONGEST_PATH_BYTES,
    TOO_DEEP,
    TOO_LONG,
)
from shared.errors import VALIDATION_FAILED, MeridianError


def refuse_too_deep(path: str, field: str, levels_below: int = 0, bytes_below: int = 0) -> None:
    """Refuse a place for a folder below which there are so many levels and bytes of a path."""
    if path.count("/") + levels_below > DEEPEST_FOLDER:
        raise MeridianError(VALIDATION_FAILED, errors={field: [TOO_DEEP]})
    if len(path.encode()) + bytes_below > LONGEST_PATH_BYTES:
        raise MeridianError(VALIDATION_FAILED, errors={field: [TOO_LONG]})
