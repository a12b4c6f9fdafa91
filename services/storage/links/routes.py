"""Operations on links: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.links import handlers
from services.storage.links.schemas import (
    LinkChangeSchema,
    LinkSchema,
    NewFolderLinkSchema,
    NewLinkSchema,
)
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import Route

MAKING: Final = (errors.LINKS_OFF, errors.PASSWORDS_BUSY)

ROUTES: Final = (
    Route(
        "GET",
        "/links",
        handlers.listing,
        "links.view",
        query=PageQuery,
        answer=page_of(LinkSchema),
    ),
    Route(
        "GET",
        "/files/{id}/links",
        handlers.list_of_file,
        "links.view",
        query=PageQuery,
        answer=page_of(LinkSchema),
        errors=(errors.FILE_NOT_FOUND,),
    ),
    Route(
        "POST",
        "/files/{id}/links",
        handlers.create_for_file,
        "links.create",
        body=NewLinkSchema,
        answer=LinkSchema,
        has_etag=True,
        status=201,
        errors=(errors.FILE_NOT_FOUND, errors.VERSION_NOT_FOUND, *MAKING),
        idempotent=True,
    ),
    Route(
        "GET",
        "/folders/{id}/links",
        handlers.list_of_folder,
        "links.view",
        query=PageQuery,
        answer=page_of(LinkSchema),
        errors=(errors.FOLDER_NOT_FOUND,),
    ),
    Route(
        "POST",
        "/folders/{id}/links",
        handlers.create_for_folder,
        "links.create",
        body=NewFolderLinkSchema,
        answer=LinkSchema,
        has_etag=True,
        status=201,
        errors=(errors.FOLDER_NOT_FOUND, *MAKING),
        idempotent=True,
    ),
    Route(
        "PATCH",
        "/links/{id}",
        handlers.change,
        "links.create",
        body=LinkChangeSchema,
        answer=LinkSchema,
        has_etag=True,
        errors=(errors.LINK_NOT_FOUND, errors.PRECONDITION_FAILED, *MAKING),
    ),
    Route(
        "DELETE",
        "/links/{id}",
        handlers.end,
        "links.delete",
        status=204,
        errors=(errors.LINK_NOT_FOUND,),
    ),
)
