"""Operations on passwords: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.passwords import handlers
from services.auth.passwords.schemas import PasswordChangeSchema
from shared import errors
from shared.web.route import IN_PERSON, Route

ROUTES: Final = (
    Route(
        "POST",
        "/me/password",
        handlers.change_password,
        IN_PERSON,
        body=PasswordChangeSchema,
        status=204,
        errors=(
            errors.WRONG_PASSWORD,
            errors.PROOF_NEEDED,
            errors.TOO_MANY_ATTEMPTS,
            errors.PASSWORDS_BUSY,
        ),
    ),
)
