"""Operations on accounts: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.accounts import handlers
from services.auth.accounts.schemas import ProfileChangeSchema, RegistrationSchema, UserSchema
from shared import errors
from shared.web.route import IN_PERSON, PUBLIC, SIGNED_IN, Route

ROUTES: Final = (
    Route(
        "POST",
        "/register",
        handlers.register,
        PUBLIC,
        body=RegistrationSchema,
        answer=UserSchema,
        status=201,
        errors=(
            errors.REGISTRATION_CLOSED,
            errors.INVITATION_NOT_FOUND,
            errors.USERNAME_TAKEN,
            errors.EMAIL_TAKEN,
            errors.TOO_MANY_PERMISSIONS,
            errors.TOO_MANY_ATTEMPTS,
            errors.PASSWORDS_BUSY,
        ),
        has_etag=True,
    ),
    Route("GET", "/me", handlers.show_me, SIGNED_IN, answer=UserSchema, has_etag=True),
    Route(
        "PATCH",
        "/me",
        handlers.change_me,
        IN_PERSON,
        body=ProfileChangeSchema,
        answer=UserSchema,
        errors=(errors.EMAIL_TAKEN, errors.PROOF_NEEDED, errors.PRECONDITION_FAILED),
        has_etag=True,
    ),
)
