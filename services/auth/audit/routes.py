"""Operations on the audit: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.audit import handlers
from services.auth.audit.schemas import AuditQuery, EntrySchema
from shared.web.paging import page_of
from shared.web.route import Route

ROUTES: Final = (
    Route(
        "GET",
        "/audit",
        handlers.show_audit,
        "users.view",
        query=AuditQuery,
        answer=page_of(EntrySchema),
    ),
)
