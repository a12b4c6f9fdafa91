"""Operations on passwords: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.passwords import handlers
from services.auth.passwords.schemas import PasswordChangeSchema
from shared import errors
from shared.web.route import SIGNED_IN, Route

ROUTES: Final = (
    Route(
        "POST",
        "/me/password",
        handlers.change_password,
        SIGNED_IN,
        body=PasswordChangeSchema,
        status=204,
        errors=(errors.WRONG_PASSWORD, errors.TOO_MANY_ATTEMPTS),
    ),
)
