"""Operations on sessions: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.sessions import handlers, verify
from services.auth.sessions.schemas import SessionSchema
from services.auth.sessions.token_schemas import (
    IdentitySchema,
    LoginSchema,
    ProofSchema,
    RefreshSchema,
    TokenPairSchema,
    VerificationSchema,
)
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import IN_PERSON, PUBLIC, SIGNED_IN, Route

REFRESH_ERRORS: Final = (
    errors.REFRESH_FAILED,
    errors.REFRESH_REUSED,
    errors.SESSION_ENDED,
    errors.PERMISSION_DENIED,
    errors.AUTH_UNAVAILABLE,
)

ROUTES: Final = (
    Route(
        "POST",
        "/login",
        handlers.login,
        PUBLIC,
        body=LoginSchema,
        answer=TokenPairSchema,
        errors=(
            errors.LOGIN_FAILED,
            errors.TOTP_REQUIRED,
            errors.PASSWORD_TOO_SHORT,
            errors.TOO_MANY_ATTEMPTS,
            errors.PASSWORDS_BUSY,
            errors.AUTH_UNAVAILABLE,
        ),
    ),
    Route(
        "POST",
        "/refresh",
        handlers.refresh,
        PUBLIC,
        body=RefreshSchema,
        answer=TokenPairSchema,
        errors=REFRESH_ERRORS,
    ),
    Route("POST", "/logout", handlers.logout, IN_PERSON, status=204),
    Route("POST", "/logout/all", handlers.logout_all, IN_PERSON, status=204),
    Route(
        "POST",
        "/verify",
        verify.verify,
        SIGNED_IN,
        body=VerificationSchema,
        answer=IdentitySchema,
        errors=(errors.PERMISSION_DENIED,),
    ),
    Route(
        "POST",
        "/me/proof",
        handlers.prove,
        IN_PERSON,
        body=ProofSchema,
        status=204,
        errors=(
            errors.WRONG_PASSWORD,
            errors.WRONG_CODE,
            errors.WRONG_PASSKEY,
            errors.PASSKEYS_UNAVAILABLE,
            errors.TOO_MANY_ATTEMPTS,
            errors.PASSWORDS_BUSY,
        ),
    ),
    Route(
        "GET",
        "/sessions",
        handlers.list_sessions,
        IN_PERSON,
        query=PageQuery,
        answer=page_of(SessionSchema),
    ),
    Route(
        "DELETE",
        "/sessions/{id}",
        handlers.end_session,
        IN_PERSON,
        status=204,
        errors=(errors.SESSION_NOT_FOUND,),
    ),
)
