"""Operations on hooks: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.hooks import handlers
from services.storage.hooks.schemas import S3EventSchema
from shared import errors
from shared.web.route import PUBLIC, Route

ROUTES: Final = (
    Route(
        "POST",
        "/hooks/s3/{server_name}",
        handlers.take,
        PUBLIC,
        body=S3EventSchema,
        status=204,
        errors=(errors.NOT_AUTHENTICATED, errors.TOO_MANY_REQUESTS, errors.STORE_UNAVAILABLE),
    ),
)
