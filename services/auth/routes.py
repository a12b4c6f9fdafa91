"""Every operation of the auth service: who may call it, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.handlers import accounts, keys, sessions, tokens
from services.auth.schemas.accounts import (
    NewUserSchema,
    PasswordChangeSchema,
    ProfileChangeSchema,
    UserSchema,
)
from services.auth.schemas.keys import KeysSchema
from services.auth.schemas.sessions import LoginEntrySchema, SessionSchema
from services.auth.schemas.tokens import (
    IdentitySchema,
    LoginSchema,
    RefreshSchema,
    TokenPairSchema,
    VerificationSchema,
)
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.routes import PUBLIC, SIGNED_IN, Route

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
        "/register",
        accounts.register,
        PUBLIC,
        body=NewUserSchema,
        answer=UserSchema,
        status=201,
        errors=(errors.USERNAME_TAKEN, errors.EMAIL_TAKEN, errors.TOO_MANY_ATTEMPTS),
    ),
    Route(
        "POST",
        "/login",
        sessions.login,
        PUBLIC,
        body=LoginSchema,
        answer=TokenPairSchema,
        errors=(errors.LOGIN_FAILED, errors.TOO_MANY_ATTEMPTS, errors.AUTH_UNAVAILABLE),
    ),
    Route(
        "POST",
        "/refresh",
        sessions.refresh,
        PUBLIC,
        body=RefreshSchema,
        answer=TokenPairSchema,
        errors=REFRESH_ERRORS,
    ),
    Route("POST", "/logout", sessions.logout, SIGNED_IN, status=204),
    Route("POST", "/logout/all", sessions.logout_all, SIGNED_IN, status=204),
    Route(
        "POST",
        "/verify",
        tokens.verify,
        SIGNED_IN,
        body=VerificationSchema,
        answer=IdentitySchema,
        errors=(errors.PERMISSION_DENIED,),
    ),
    Route("GET", "/me", accounts.show_me, SIGNED_IN, answer=UserSchema),
    Route(
        "PATCH",
        "/me",
        accounts.change_me,
        SIGNED_IN,
        body=ProfileChangeSchema,
        answer=UserSchema,
        errors=(errors.EMAIL_TAKEN, errors.PRECONDITION_FAILED),
    ),
    Route(
        "POST",
        "/me/password",
        accounts.change_password,
        SIGNED_IN,
        body=PasswordChangeSchema,
        status=204,
        errors=(errors.WRONG_PASSWORD, errors.TOO_MANY_ATTEMPTS),
    ),
    Route(
        "GET",
        "/sessions",
        sessions.list_sessions,
        SIGNED_IN,
        query=PageQuery,
        answer=page_of(SessionSchema),
    ),
    Route(
        "DELETE",
        "/sessions/{id}",
        sessions.end_session,
        SIGNED_IN,
        status=204,
        errors=(errors.SESSION_NOT_FOUND,),
    ),
    Route(
        "GET",
        "/logins",
        sessions.list_logins,
        SIGNED_IN,
        query=PageQuery,
        answer=page_of(LoginEntrySchema),
    ),
    Route(
        "GET",
        "/.well-known/jwks.json",
        keys.show_keys,
        PUBLIC,
        answer=KeysSchema,
        errors=(errors.AUTH_UNAVAILABLE,),
    ),
)
