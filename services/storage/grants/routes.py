"""Operations on grants: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.grants import handlers
from services.storage.grants.schemas import (
    GrantOfThingSchema,
    GrantSchema,
    GrantWantedSchema,
    OwnGrantSchema,
    SharedThingSchema,
)
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import Route

SHARE: Final = "files.share"
VIEW: Final = "files.view"

ROUTES: Final = (
    Route(
        "GET",
        "/grants",
        handlers.list_all,
        VIEW,
        query=PageQuery,
        answer=page_of(OwnGrantSchema),
    ),
    Route(
        "GET",
        "/shared-with-me",
        handlers.list_with_me,
        VIEW,
        query=PageQuery,
        answer=page_of(SharedThingSchema),
    ),
    Route(
        "GET",
        "/files/{id}/grants",
        handlers.list_of_file,
        SHARE,
        query=PageQuery,
        answer=page_of(GrantOfThingSchema),
        errors=(errors.FILE_NOT_FOUND,),
    ),
    Route(
        "GET",
        "/files/{id}/grants/{user_id}",
        handlers.show_of_file,
        SHARE,
        answer=GrantSchema,
        errors=(errors.FILE_NOT_FOUND, errors.GRANT_NOT_FOUND),
    ),
    Route(
        "PUT",
        "/files/{id}/grants/{user_id}",
        handlers.share_file,
        SHARE,
        body=GrantWantedSchema,
        answer=GrantSchema,
        errors=(errors.FILE_NOT_FOUND, errors.FILE_TRASHED, errors.GRANT_NOT_FOUND),
    ),
    Route(
        "DELETE",
        "/files/{id}/grants/{user_id}",
        handlers.end_of_file,
        SHARE,
        status=204,
        errors=(errors.FILE_NOT_FOUND, errors.GRANT_NOT_FOUND),
    ),
    Route(
        "GET",
        "/folders/{id}/grants",
        handlers.list_of_folder,
        SHARE,
        query=PageQuery,
        answer=page_of(GrantOfThingSchema),
        errors=(errors.FOLDER_NOT_FOUND,),
    ),
    Route(
        "GET",
        "/folders/{id}/grants/{user_id}",
        handlers.show_of_folder,
        SHARE,
        answer=GrantSchema,
        errors=(errors.FOLDER_NOT_FOUND, errors.GRANT_NOT_FOUND),
    ),
    Route(
        "PUT",
        "/folders/{id}/grants/{user_id}",
        handlers.share_folder,
        SHARE,
        body=GrantWantedSchema,
        answer=GrantSchema,
        errors=(errors.FOLDER_NOT_FOUND, errors.FOLDER_TRASHED, errors.GRANT_NOT_FOUND),
    ),
    Route(
        "DELETE",
        "/folders/{id}/grants/{user_id}",
        handlers.end_of_folder,
        SHARE,
        status=204,
        errors=(errors.FOLDER_NOT_FOUND, errors.GRANT_NOT_FOUND),
    ),
)
