"""Operations on uploads: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.files.schemas import FileSchema
from services.storage.uploads import handlers
from services.storage.uploads.part_schemas import (
    CompletionSchema,
    PartNumbersSchema,
    SignedPartsSchema,
)
from services.storage.uploads.schemas import (
    NamedUploadSchema,
    NewUploadSchema,
    StartedUploadSchema,
    UploadProgressSchema,
)
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import Route

SETTLING = (
    errors.UPLOAD_INCOMPLETE,
    errors.SIZE_MISMATCH,
    errors.CHECKSUM_MISMATCH,
    errors.UPLOAD_EXPIRED,
    errors.STORE_UNAVAILABLE,
)

ROUTES: Final = (
    Route(
        "POST",
        "/uploads",
        handlers.start,
        "files.upload",
        body=NewUploadSchema,
        answer=StartedUploadSchema,
        status=201,
        errors=(
            errors.FILE_NOT_FOUND,
            errors.FILE_TRASHED,
            errors.FILE_TOO_LARGE,
            errors.QUOTA_EXCEEDED,
            errors.FOLDER_NOT_FOUND,
            errors.FOLDER_TRASHED,
            errors.FOLDER_EXISTS,
            errors.FILE_EXISTS,
            errors.UPLOAD_EXPIRED,
            errors.NO_SERVER,
        ),
        idempotent=True,
    ),
    Route(
        "GET",
        "/uploads",
        handlers.listing,
        "files.upload",
        query=PageQuery,
        answer=page_of(NamedUploadSchema),
    ),
    Route(
        "GET",
        "/uploads/{id}",
        handlers.show,
        "files.upload",
        answer=UploadProgressSchema,
        errors=(errors.UPLOAD_NOT_FOUND, errors.STORE_UNAVAILABLE),
    ),
    Route(
        "DELETE",
        "/uploads/{id}",
        handlers.abort,
        "files.upload",
        status=204,
        errors=(errors.UPLOAD_NOT_FOUND, errors.UPLOAD_FINISHED),
    ),
    Route(
        "POST",
        "/uploads/{id}/parts",
        handlers.sign,
        "files.upload",
        body=PartNumbersSchema,
        answer=SignedPartsSchema,
        errors=(
            errors.UPLOAD_NOT_FOUND,
            errors.UPLOAD_FINISHED,
            errors.UPLOAD_IN_ONE_PIECE,
            errors.UPLOAD_EXPIRED,
            errors.STORE_UNAVAILABLE,
        ),
    ),
    Route(
        "POST",
        "/uploads/{id}/complete",
        handlers.complete,
        "files.upload",
        body=CompletionSchema,
        # Ten thousand parts with their ETags.
        largest_body=1024 * 1024,
        answer=FileSchema,
        errors=(errors.UPLOAD_NOT_FOUND, *SETTLING),
        has_etag=True,
    ),
)
