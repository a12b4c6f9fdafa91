"""Operations on file requests: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.drops import handlers
from services.storage.drops.schemas import DropChangeSchema, DropSchema, NewDropSchema
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import Route

CREATE: Final = "drops.create"
MAKING: Final = (errors.LINKS_OFF, errors.PASSWORDS_BUSY)

ROUTES: Final = (
    Route("GET", "/drops", handlers.listing, CREATE, query=PageQuery, answer=page_of(DropSchema)),
    Route(
        "POST",
        "/drops",
        handlers.create,
        CREATE,
        body=NewDropSchema,
        answer=DropSchema,
        has_etag=True,
        status=201,
        errors=(errors.FOLDER_NOT_FOUND, errors.FOLDER_TRASHED, *MAKING),
        idempotent=True,
    ),
    Route(
        "PATCH",
        "/drops/{id}",
        handlers.change,
        CREATE,
        body=DropChangeSchema,
        answer=DropSchema,
        has_etag=True,
        errors=(errors.DROP_NOT_FOUND, errors.PRECONDITION_FAILED, *MAKING),
    ),
    Route(
        "DELETE",
        "/drops/{id}",
        handlers.end,
        CREATE,
        status=204,
        errors=(errors.DROP_NOT_FOUND,),
    ),
)
