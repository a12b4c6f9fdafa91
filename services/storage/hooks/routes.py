"""Operations on hooks: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.hooks import handlers
from services.storage.hooks.schemas import S3EventSchema
from shared import errors
from shared.web.route import Route

ROUTES: Final = (
    Route(
        "POST",
        "/hooks/s3/{server_name}",
        handlers.take,
        handlers.SERVER_SECRET,
        body=S3EventSchema,
        largest_body=1024 * 1024,
        status=204,
        errors=(errors.TOO_MANY_REQUESTS, errors.STORE_UNAVAILABLE),
    ),
)
