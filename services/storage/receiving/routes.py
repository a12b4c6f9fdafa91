"""Operations of whoever has the address of a file request; nobody has to sign in."""

from __future__ import annotations

from typing import Final

from services.storage.opening.schemas import OpeningSchema
from services.storage.receiving import handlers
from services.storage.receiving.schemas import (
    DropPassSchema,
    PublicDropSchema,
    SendingProgressSchema,
    SendingSchema,
    SendingStartedSchema,
    SentFileSchema,
)
from services.storage.uploads.part_schemas import (
    FewPartsSchema,
    PartNumbersSchema,
    SignedPartsSchema,
)
from shared import errors
from shared.web.route import PUBLIC, Route

FINDING: Final = (errors.DROP_NOT_FOUND, errors.DROP_EXPIRED)
ENTERING: Final = (
    *FINDING,
    errors.WRONG_PASSWORD,
    errors.TOO_MANY_ATTEMPTS,
    errors.PASSWORDS_BUSY,
)
SENT: Final = (*ENTERING, errors.UPLOAD_NOT_FOUND)

ROUTES: Final = (
    Route("GET", "/d/{token}", handlers.show, PUBLIC, answer=PublicDropSchema, errors=FINDING),
    Route(
        "POST",
        "/d/{token}/open",
        handlers.open_drop,
        PUBLIC,
        body=OpeningSchema,
        answer=DropPassSchema,
        errors=ENTERING,
    ),
    Route(
        "POST",
        "/d/{token}/uploads",
        handlers.start,
        PUBLIC,
        body=SendingSchema,
        answer=SendingStartedSchema,
        status=201,
        errors=(
            *ENTERING,
            errors.DROP_FULL,
            errors.FILE_EXISTS,
            errors.FOLDER_EXISTS,
            errors.FILE_TOO_LARGE,
            errors.QUOTA_EXCEEDED,
            errors.UPLOAD_EXPIRED,
            errors.NO_SERVER,
        ),
    ),
    Route(
        "GET",
        "/d/{token}/uploads/{id}",
        handlers.show_upload,
        PUBLIC,
        answer=SendingProgressSchema,
        errors=(*SENT, errors.STORE_UNAVAILABLE),
    ),
    Route(
        "DELETE",
        "/d/{token}/uploads/{id}",
        handlers.abort,
        PUBLIC,
        status=204,
        errors=(*SENT, errors.UPLOAD_FINISHED),
    ),
    Route(
        "POST",
        "/d/{token}/uploads/{id}/parts",
        handlers.sign,
        PUBLIC,
        body=PartNumbersSchema,
        answer=SignedPartsSchema,
        errors=(
            *SENT,
            errors.UPLOAD_FINISHED,
            errors.UPLOAD_IN_ONE_PIECE,
            errors.UPLOAD_EXPIRED,
            errors.STORE_UNAVAILABLE,
        ),
    ),
    Route(
        "POST",
        "/d/{token}/uploads/{id}/complete",
        handlers.complete,
        PUBLIC,
        body=FewPartsSchema,
        answer=SentFileSchema,
        errors=(
            *SENT,
            errors.UPLOAD_INCOMPLETE,
            errors.SIZE_MISMATCH,
            errors.CHECKSUM_MISMATCH,
            errors.UPLOAD_EXPIRED,
            errors.STORE_UNAVAILABLE,
        ),
    ),
)
