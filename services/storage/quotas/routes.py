"""Operations on quotas: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.quotas import handlers
from services.storage.quotas.schemas import (
    DefaultQuotaSchema,
    LimitsSchema,
    OwnUsageSchema,
    PersonUsageSchema,
    QuotaSchema,
)
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import Route

MAY: Final = "quotas.change"
# The row of all is no person's.
NOBODY: Final = (errors.USER_NOT_FOUND,)

ROUTES: Final = (
    Route("GET", "/usage", handlers.show_own, "files.view", answer=OwnUsageSchema),
    Route(
        "GET",
        "/admin/quotas",
        handlers.listing,
        MAY,
        query=PageQuery,
        answer=page_of(PersonUsageSchema),
    ),
    Route("GET", "/admin/quotas/default", handlers.show_default, MAY, answer=DefaultQuotaSchema),
    Route(
        "PUT",
        "/admin/quotas/default",
        handlers.change_default,
        MAY,
        body=LimitsSchema,
        answer=DefaultQuotaSchema,
    ),
    Route(
        "GET",
        "/admin/quotas/{user_id}",
        handlers.show,
        MAY,
        answer=QuotaSchema,
        errors=NOBODY,
    ),
    Route(
        "PUT",
        "/admin/quotas/{user_id}",
        handlers.change,
        MAY,
        body=LimitsSchema,
        answer=QuotaSchema,
        errors=NOBODY,
    ),
    Route("DELETE", "/admin/quotas/{user_id}", handlers.delete, MAY, status=204, errors=NOBODY),
)
