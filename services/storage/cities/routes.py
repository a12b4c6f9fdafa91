"""Operations on cities: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.cities import handlers
from services.storage.cities.drain_schemas import (
    CountsSchema,
    DrainProgressSchema,
    DrainQuerySchema,
    RemovalQuerySchema,
)
from services.storage.cities.schemas import (
    AddedServerSchema,
    DescribedSchema,
    ProbedSchema,
    ServerChangeSchema,
)
from services.storage.servers.schemas import ServerDetailSchema
from shared import errors
from shared.web.route import Route

PROBING: Final = (errors.SERVER_UNREACHABLE, errors.ENDPOINT_FORBIDDEN, errors.BUCKET_TAKEN)
KNOWN: Final = (errors.SERVER_NOT_FOUND,)

ROUTES: Final = (
    Route(
        "POST",
        "/servers/probe",
        handlers.probe,
        "servers.create",
        body=DescribedSchema,
        answer=ProbedSchema,
        errors=PROBING,
    ),
    Route(
        "POST",
        "/servers",
        handlers.add,
        "servers.create",
        body=DescribedSchema,
        answer=AddedServerSchema,
        status=201,
        errors=(errors.SERVER_EXISTS, errors.CLAIM_BUSY, *PROBING),
        idempotent=True,
    ),
    Route(
        "POST",
        "/servers/{id}/probe",
        handlers.probe_again,
        "servers.view",
        answer=ProbedSchema,
        errors=(*KNOWN, *PROBING),
    ),
    Route(
        "PATCH",
        "/servers/{id}",
        handlers.change,
        "servers.change",
        body=ServerChangeSchema,
        answer=ServerDetailSchema,
        has_etag=True,
        errors=(
            *KNOWN,
            errors.OBJECTS_MISSING,
            errors.PRECONDITION_FAILED,
            errors.CLAIM_BUSY,
            *PROBING,
        ),
    ),
    Route(
        "DELETE",
        "/servers/{id}",
        handlers.remove,
        "servers.delete",
        query=RemovalQuerySchema,
        answer=CountsSchema,
        errors=(*KNOWN, errors.SOLE_COPIES),
    ),
    Route(
        "POST",
        "/servers/{id}/drain",
        handlers.drain,
        "servers.change",
        query=DrainQuerySchema,
        answer=DrainProgressSchema,
        errors=(*KNOWN, errors.LAST_SERVER),
    ),
    Route(
        "DELETE",
        "/servers/{id}/drain",
        handlers.stop,
        "servers.change",
        status=204,
        errors=(*KNOWN, errors.DRAIN_NOT_FOUND),
    ),
    Route(
        "GET",
        "/servers/{id}/progress",
        handlers.progress,
        "servers.view",
        answer=DrainProgressSchema,
        errors=(*KNOWN, errors.DRAIN_NOT_FOUND),
    ),
)
