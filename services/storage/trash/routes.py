"""Operations on the trash: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.files.schemas import FileSchema
from services.storage.folders.schemas import FolderSchema
from services.storage.trash import handlers
from services.storage.trash.schemas import RestoreSchema
from shared import errors
from shared.web.route import Route

TAKEN: Final = (errors.FILE_EXISTS, errors.FOLDER_EXISTS)

ROUTES: Final = (
    Route(
        "POST",
        "/files/{id}/trash",
        handlers.put_file,
        "files.delete",
        answer=FileSchema,
        errors=(errors.FILE_NOT_FOUND,),
    ),
    Route(
        "POST",
        "/files/{id}/restore",
        handlers.take_file_out,
        "files.change",
        body=RestoreSchema,
        answer=FileSchema,
        errors=(errors.FILE_NOT_FOUND, errors.FOLDER_TRASHED, *TAKEN),
    ),
    Route(
        "POST",
        "/folders/{id}/trash",
        handlers.put_folder,
        "files.delete",
        answer=FolderSchema,
        errors=(errors.FOLDER_NOT_FOUND,),
    ),
    Route(
        "POST",
        "/folders/{id}/restore",
        handlers.take_folder_out,
        "files.change",
        body=RestoreSchema,
        answer=FolderSchema,
        errors=(errors.FOLDER_NOT_FOUND, errors.FOLDER_TRASHED, *TAKEN),
    ),
    Route("DELETE", "/trash", handlers.empty, "files.delete", status=204),
)
