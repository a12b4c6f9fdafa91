"""Operations on many things at once: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.batch import handlers
from services.storage.batch.schemas import BatchSchema, OutcomeSchema
from shared import errors
from shared.web.route import SIGNED_IN, Route

ROUTES: Final = (
    Route(
        "POST",
        "/batch",
        handlers.run,
        SIGNED_IN,
        body=BatchSchema,
        answer=OutcomeSchema,
        errors=(
            errors.PERMISSION_DENIED,
            errors.FOLDER_NOT_FOUND,
            errors.FOLDER_TRASHED,
            errors.FILE_EXISTS,
            errors.FOLDER_EXISTS,
        ),
    ),
)
