"""Operations of oversight: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.storage.oversight import handlers
from services.storage.oversight.schemas import (
    LinkSettingsSchema,
    LinksQuerySchema,
    RevocationSchema,
    RevokedSchema,
    SharedOutSchema,
)
from shared.web.route import Route

ROUTES: Final = (
    Route(
        "GET",
        "/admin/links",
        handlers.list_of_person,
        "links.admin",
        query=LinksQuerySchema,
        answer=SharedOutSchema,
    ),
    Route(
        "POST",
        "/admin/links/revoke",
        handlers.end_of_person,
        "links.admin",
        body=RevocationSchema,
        answer=RevokedSchema,
    ),
    Route(
        "GET",
        "/admin/link-settings",
        handlers.show_settings,
        "links.admin",
        answer=LinkSettingsSchema,
    ),
    Route(
        "PUT",
        "/admin/link-settings",
        handlers.change_settings,
        "links.admin",
        body=LinkSettingsSchema,
        answer=LinkSettingsSchema,
    ),
)
