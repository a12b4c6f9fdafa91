"""Operations on servers: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.servers import handlers
from services.storage.servers.health_schemas import HealthSchema
from services.storage.servers.route_schemas import ReportSchema
from services.storage.servers.schemas import OriginsSchema, ServerDetailSchema
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import PUBLIC, SIGNED_IN, Route

ROUTES: Final = (
    Route("GET", "/origins", handlers.origins, PUBLIC, answer=OriginsSchema),
    Route("GET", "/servers", handlers.listing, SIGNED_IN, answer=page_of(ServerDetailSchema)),
    Route(
        "POST",
        "/route/measured",
        handlers.measured,
        SIGNED_IN,
        body=ReportSchema,
        status=204,
        errors=(errors.SERVER_NOT_FOUND, errors.TOO_MANY_REQUESTS),
    ),
    Route(
        "GET",
        "/servers/{id}",
        handlers.show,
        SIGNED_IN,
        answer=ServerDetailSchema,
        has_etag=True,
        errors=(errors.SERVER_NOT_FOUND,),
    ),
    Route(
        "GET",
        "/servers/{id}/health",
        handlers.health,
        "servers.view",
        query=PageQuery,
        answer=HealthSchema,
        errors=(errors.SERVER_NOT_FOUND,),
    ),
)
