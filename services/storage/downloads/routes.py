"""Operations on downloads: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.downloads import handlers
from services.storage.downloads.schemas import DownloadQuerySchema, DownloadSchema, RouteQuerySchema
from services.storage.servers.schemas import RouteSchema
from shared import errors
from shared.web.route import Route

ROUTES: Final = (
    Route(
        "GET",
        "/files/{id}/download",
        handlers.link,
        "files.download",
        query=DownloadQuerySchema,
        answer=DownloadSchema,
        errors=(errors.FILE_NOT_FOUND, errors.NOT_STORED, errors.NO_HEALTHY_REPLICA),
        may_redirect=True,
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
