"""Operations on logins: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.logins import handlers
from services.auth.logins.schemas import LoginEntrySchema
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import IN_PERSON, Route

LOGIN_PAGE: Final = page_of(LoginEntrySchema)

ROUTES: Final = (
    Route(
        "GET",
        "/logins",
        handlers.list_mine,
        IN_PERSON,
        query=PageQuery,
        answer=LOGIN_PAGE,
    ),
    Route(
        "GET",
        "/users/{id}/logins",
        handlers.list_of_user,
        "users.view",
        query=PageQuery,
        answer=LOGIN_PAGE,
        errors=(errors.USER_NOT_FOUND,),
    ),
)
