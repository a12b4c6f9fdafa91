"""Operations on folders: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.folders import handlers
from services.storage.folders.schemas import (
    FolderChangeSchema,
    FolderSchema,
    FoldersQuerySchema,
    NewFolderSchema,
)
from shared import errors
from shared.web.paging import page_of
from shared.web.route import Route

TAKEN: Final = (errors.FILE_EXISTS, errors.FOLDER_EXISTS)

ROUTES: Final = (
    Route(
        "GET",
        "/folders",
        handlers.listing,
        "files.view",
        query=FoldersQuerySchema,
        answer=page_of(FolderSchema),
        errors=(errors.FOLDER_NOT_FOUND, errors.FOLDER_TRASHED),
    ),
    Route(
        "POST",
        "/folders",
        handlers.create,
        "files.upload",
        body=NewFolderSchema,
        answer=FolderSchema,
        has_etag=True,
        status=201,
        other_statuses=(200,),
        errors=(errors.FOLDER_NOT_FOUND, errors.FOLDER_TRASHED, *TAKEN),
        idempotent=True,
    ),
    Route(
        "GET",
        "/folders/{id}",
        handlers.show,
        "files.view",
        answer=FolderSchema,
        has_etag=True,
        errors=(errors.FOLDER_NOT_FOUND,),
    ),
    Route(
        "PATCH",
        "/folders/{id}",
        handlers.change,
        "files.change",
        body=FolderChangeSchema,
        answer=FolderSchema,
        has_etag=True,
        errors=(
            errors.FOLDER_NOT_FOUND,
            errors.FOLDER_TRASHED,
            errors.FOLDER_IN_ITSELF,
            *TAKEN,
            errors.PRECONDITION_FAILED,
        ),
    ),
    Route(
        "DELETE",
        "/folders/{id}",
        handlers.delete,
        "files.delete",
        status=204,
        errors=(errors.FOLDER_NOT_FOUND, errors.PRECONDITION_FAILED),
    ),
)
