"""Operations on API tokens: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.api_tokens import handlers
from services.auth.api_tokens.schemas import ApiTokenSchema, MadeTokenSchema, NewTokenSchema
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import IN_PERSON, Route

ROUTES: Final = (
    Route(
        "GET",
        "/me/tokens",
        handlers.list_tokens,
        IN_PERSON,
        query=PageQuery,
        answer=page_of(ApiTokenSchema),
    ),
    Route(
        "POST",
        "/me/tokens",
        handlers.create_token,
        IN_PERSON,
        body=NewTokenSchema,
        answer=MadeTokenSchema,
        status=201,
        idempotent=True,
        errors=(errors.PROOF_NEEDED, errors.TOO_MANY_API_TOKENS),
    ),
    Route(
        "DELETE",
        "/me/tokens/{id}",
        handlers.delete_token,
        IN_PERSON,
        status=204,
        errors=(errors.API_TOKEN_NOT_FOUND,),
    ),
)
