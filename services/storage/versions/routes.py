"""Operations on versions: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.files.schemas import FileSchema
from services.storage.versions import handlers
from services.storage.versions.schemas import VersionSchema
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import Route

UNKNOWN: Final = (errors.FILE_NOT_FOUND, errors.VERSION_NOT_FOUND)

ROUTES: Final = (
    Route(
        "GET",
        "/files/{id}/versions",
        handlers.listing,
        "files.view",
        query=PageQuery,
        answer=page_of(VersionSchema),
        errors=(errors.FILE_NOT_FOUND,),
    ),
    Route(
        "POST",
        "/files/{id}/versions/{number}/restore",
        handlers.restore,
        "files.change",
        answer=FileSchema,
        errors=(*UNKNOWN, errors.FILE_TRASHED),
    ),
    Route(
        "DELETE",
        "/files/{id}/versions/{number}",
        handlers.delete,
        "files.delete",
        status=204,
        errors=(*UNKNOWN, errors.LAST_VERSION),
    ),
)
