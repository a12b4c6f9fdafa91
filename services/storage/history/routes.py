"""Operations on history: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.history import handlers
from services.storage.history.schemas import ActionSchema
from shared.web.paging import PageQuery, page_of
from shared.web.route import SIGNED_IN, Route

ROUTES: Final = (
    Route(
        "GET",
        "/actions",
        handlers.listing,
        SIGNED_IN,
        query=PageQuery,
        answer=page_of(ActionSchema),
    ),
)
