"""Operations of administration: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.admin import handlers
from services.storage.admin.schemas import (
    DeadLetterSchema,
    ReasonSchema,
    ReplicationSchema,
    RetriedSchema,
    RetrySchema,
)
from services.storage.admin.sweep_schemas import (
    SweepAskedSchema,
    SweepSchema,
    UnknownObjectSchema,
)
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import Route

VIEW: Final = "replication.view"
CHANGE: Final = "replication.change"

ROUTES: Final = (
    Route(
        "GET", "/admin/replication", handlers.replication, VIEW, answer=page_of(ReplicationSchema)
    ),
    Route(
        "GET",
        "/admin/dead-letters",
        handlers.list_dead,
        VIEW,
        query=PageQuery,
        answer=page_of(DeadLetterSchema),
    ),
    Route(
        "POST",
        "/admin/dead-letters/retry",
        handlers.retry_all,
        CHANGE,
        body=RetrySchema,
        answer=RetriedSchema,
        errors=(errors.SERVER_NOT_FOUND,),
    ),
    Route(
        "POST",
        "/admin/dead-letters/{id}/retry",
        handlers.retry,
        CHANGE,
        status=204,
        errors=(errors.DEAD_LETTER_NOT_FOUND,),
    ),
    Route(
        "DELETE",
        "/admin/dead-letters/{id}",
        handlers.drop,
        CHANGE,
        query=ReasonSchema,
        status=204,
        errors=(errors.DEAD_LETTER_NOT_FOUND,),
    ),
    Route("GET", "/admin/consistency", handlers.consistency, VIEW, answer=page_of(SweepSchema)),
    Route(
        "POST",
        "/admin/sweeps/{kind}",
        handlers.sweep,
        CHANGE,
        answer=SweepAskedSchema,
        status=202,
        errors=(errors.SWEEP_NOT_FOUND,),
    ),
    Route(
        "GET",
        "/admin/quarantine",
        handlers.quarantine,
        VIEW,
        query=PageQuery,
        answer=page_of(UnknownObjectSchema),
    ),
    Route(
        "POST",
        "/admin/quarantine/{id}/restore",
        handlers.restore,
        CHANGE,
        status=204,
        errors=(errors.OBJECT_NOT_FOUND,),
    ),
)
