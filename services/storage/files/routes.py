"""Operations on files: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.files import handlers
from services.storage.files.query_schemas import FilesQuerySchema
from services.storage.files.replica_schemas import ReplicasSchema
from services.storage.files.schemas import FileChangeSchema, FileSchema
from shared import errors
from shared.web.paging import page_of
from shared.web.route import Route

ROUTES: Final = (
    Route(
        "GET",
        "/files",
        handlers.listing,
        "files.view",
        query=FilesQuerySchema,
        answer=page_of(FileSchema),
        errors=(errors.FOLDER_NOT_FOUND, errors.FOLDER_TRASHED),
    ),
    Route(
        "GET",
        "/files/{id}",
        handlers.show,
        "files.view",
        answer=FileSchema,
        errors=(errors.FILE_NOT_FOUND,),
        has_etag=True,
    ),
    Route(
        "PATCH",
        "/files/{id}",
        handlers.change,
        "files.change",
        body=FileChangeSchema,
        answer=FileSchema,
        errors=(
            errors.FILE_NOT_FOUND,
            errors.FOLDER_NOT_FOUND,
            errors.FILE_EXISTS,
            errors.FOLDER_EXISTS,
            errors.FILE_TRASHED,
            errors.FOLDER_TRASHED,
            errors.PRECONDITION_FAILED,
        ),
        has_etag=True,
    ),
    Route(
        "DELETE",
        "/files/{id}",
        handlers.delete,
        "files.delete",
        status=204,
        errors=(errors.FILE_NOT_FOUND, errors.PRECONDITION_FAILED),
    ),
    Route(
        "GET",
        "/files/{id}/replicas",
        handlers.replicas,
        "files.view",
        answer=ReplicasSchema,
        errors=(errors.FILE_NOT_FOUND,),
    ),
)
