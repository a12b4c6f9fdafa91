"""Operations of whoever has the address of a link; nobody has to sign in."""

from __future__ import annotations

from typing import Final

from services.storage.opening import handlers
from services.storage.opening.folder_schemas import FolderLookSchema, SeenSchema
from services.storage.opening.schemas import OpenedSchema, OpeningSchema, PublicLinkSchema
from shared import errors
from shared.web.route import PUBLIC, Route

FINDING: Final = (errors.LINK_NOT_FOUND, errors.LINK_EXPIRED)
OPENING: Final = (
    *FINDING,
    errors.LINK_USED_UP,
    errors.WRONG_PASSWORD,
    errors.TOO_MANY_ATTEMPTS,
    errors.PASSWORDS_BUSY,
    errors.NOT_STORED,
    errors.NO_HEALTHY_REPLICA,
)

ROUTES: Final = (
    Route("GET", "/s/{token}", handlers.show, PUBLIC, answer=PublicLinkSchema, errors=FINDING),
    Route(
        "POST",
        "/s/{token}/open",
        handlers.open_link,
        PUBLIC,
        body=OpeningSchema,
        answer=OpenedSchema,
        errors=OPENING,
    ),
    Route(
        "GET",
        "/s/{token}/files",
        handlers.listing,
        PUBLIC,
        query=FolderLookSchema,
        answer=SeenSchema,
        errors=(
            errors.LINK_NOT_FOUND,
            errors.LINK_EXPIRED,
            errors.WRONG_PASSWORD,
            errors.TOO_MANY_ATTEMPTS,
            errors.PASSWORDS_BUSY,
            errors.FOLDER_NOT_FOUND,
        ),
    ),
    Route(
        "POST",
        "/s/{token}/files/{id}/open",
        handlers.open_below,
        PUBLIC,
        answer=OpenedSchema,
        errors=(*OPENING, errors.FILE_NOT_FOUND),
    ),
    Route(
        "GET",
        "/s/{token}/download",
        handlers.download,
        PUBLIC,
        status=302,
        may_redirect=True,
        uses_up=True,
        errors=OPENING,
    ),
)
