"""Operations on downloads: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.downloads import handlers
from services.storage.downloads.manifest_schemas import ManifestQuerySchema, ManifestSchema
from services.storage.downloads.metalink import MEDIA_TYPE
from services.storage.downloads.schemas import (
    DownloadQuerySchema,
    DownloadSchema,
    RouteQuerySchema,
)
from services.storage.downloads.ticket_schemas import (
    TicketQuerySchema,
    TicketSchema,
    TicketWishSchema,
)
from services.storage.servers.route_schemas import RouteSchema
from shared import errors
from shared.web.route import PUBLIC, Route

UNHELD = (
    errors.FILE_NOT_FOUND,
    errors.VERSION_NOT_FOUND,
    errors.FILE_TRASHED,
    errors.NOT_STORED,
)

ROUTES: Final = (
    Route(
        "GET",
        "/files/{id}/download",
        handlers.link,
        "files.download",
        query=DownloadQuerySchema,
        answer=DownloadSchema,
        errors=(*UNHELD, errors.TICKET_NEEDED, errors.NO_HEALTHY_REPLICA),
        may_redirect=True,
    ),
    Route(
        "GET",
        "/files/{id}/manifest",
        handlers.manifest,
        "files.download",
        query=ManifestQuerySchema,
        answer=ManifestSchema,
        other_media=(MEDIA_TYPE,),
        errors=(*UNHELD, errors.NOT_HASHED, errors.NO_HEALTHY_REPLICA),
    ),
    Route(
        "POST",
        "/files/{id}/download-ticket",
        handlers.ticket,
        "files.download",
        body=TicketWishSchema,
        answer=TicketSchema,
        errors=UNHELD,
    ),
    Route(
        "GET",
        "/files/{id}/content",
        handlers.follow,
        PUBLIC,
        query=TicketQuerySchema,
        status=302,
        uses_up=True,
        errors=(*UNHELD, errors.TICKET_EXPIRED, errors.NO_HEALTHY_REPLICA),
    ),
    Route(
        "GET",
        "/route",
        handlers.explain,
        "files.view",
        query=RouteQuerySchema,
        answer=RouteSchema,
        errors=(errors.FILE_NOT_FOUND,),
    ),
)
