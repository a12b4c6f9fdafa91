"""Operations of social login: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.social import handlers
from services.auth.social.schemas import (
    LinkedAccountSchema,
    LinkStartSchema,
    LinkUrlSchema,
    ProvidersSchema,
    ReturnQuery,
    StartQuery,
)
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import IN_PERSON, PUBLIC, Route

OF_PROVIDER: Final = (errors.PROVIDER_NOT_FOUND, errors.PROVIDER_UNAVAILABLE)

ROUTES: Final = (
    Route("GET", "/providers", handlers.offer, PUBLIC, answer=ProvidersSchema),
    Route(
        "GET",
        "/oauth/{provider}/login",
        handlers.begin,
        PUBLIC,
        query=StartQuery,
        status=302,
        errors=OF_PROVIDER,
    ),
    Route(
        "GET",
        "/oauth/{provider}/callback",
        handlers.come_back,
        PUBLIC,
        query=ReturnQuery,
        status=302,
        uses_up=True,
        errors=(
            *OF_PROVIDER,
            errors.SOCIAL_LOGIN_FAILED,
            errors.LOGIN_FAILED,
            errors.REGISTRATION_CLOSED,
            errors.EMAIL_NEEDED,
            errors.EMAIL_TAKEN,
            errors.USERNAME_TAKEN,
            errors.IDENTITY_LINKED,
            errors.SESSION_ENDED,
            errors.TOO_MANY_ATTEMPTS,
            errors.AUTH_UNAVAILABLE,
        ),
    ),
    Route(
        "GET",
        "/me/identities",
        handlers.list_mine,
        IN_PERSON,
        query=PageQuery,
        answer=page_of(LinkedAccountSchema),
    ),
    Route(
        "POST",
        "/me/identities",
        handlers.begin_link,
        IN_PERSON,
        body=LinkStartSchema,
        answer=LinkUrlSchema,
        errors=(*OF_PROVIDER, errors.PROOF_NEEDED),
    ),
    Route(
        "DELETE",
        "/me/identities/{id}",
        handlers.remove,
        IN_PERSON,
        status=204,
        errors=(errors.IDENTITY_NOT_FOUND, errors.LAST_SIGN_IN_WAY),
    ),
)
