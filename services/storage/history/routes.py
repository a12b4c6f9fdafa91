"""Operations on history: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.history import handlers
from services.storage.history.export_schemas import MEDIA
from services.storage.history.query_schemas import (
    ActionsQuerySchema,
    AllActionsQuerySchema,
    ExportQuerySchema,
)
from services.storage.history.schemas import ActionSchema, AnyActionSchema
from shared.web.paging import page_of
from shared.web.route import Route

ROUTES: Final = (
    Route(
        "GET",
        "/actions",
        handlers.listing,
        "files.view",
        query=ActionsQuerySchema,
        answer=page_of(ActionSchema),
    ),
    Route(
        "GET",
        "/actions/export",
        handlers.export,
        "files.view",
        query=ExportQuerySchema,
        answer=MEDIA["ndjson"],
        other_media=(MEDIA["csv"],),
    ),
    Route(
        "GET",
        "/admin/actions",
        handlers.list_all,
        "actions.view_all",
        query=AllActionsQuerySchema,
        answer=page_of(AnyActionSchema),
    ),
)
