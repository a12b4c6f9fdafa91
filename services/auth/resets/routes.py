"""Operations on reset links: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.resets import handlers
from services.auth.resets.schemas import (
    LetterSchema,
    LinkSchema,
    MyAddressSchema,
    NewPasswordSchema,
)
from shared import errors
from shared.web.route import PUBLIC, Route

ROUTES: Final = (
    Route(
        "POST",
        "/users/{id}/reset",
        handlers.make_reset,
        "users.change",
        answer=LinkSchema,
        errors=(errors.USER_NOT_FOUND, errors.PROOF_NEEDED),
    ),
    Route(
        "POST",
        "/password/reset",
        handlers.reset_password,
        PUBLIC,
        body=NewPasswordSchema,
        status=204,
        errors=(errors.RESET_NOT_FOUND, errors.TOO_MANY_ATTEMPTS, errors.PASSWORDS_BUSY),
    ),
    Route(
        "POST",
        "/password/forgot",
        handlers.forgot_password,
        PUBLIC,
        body=MyAddressSchema,
        answer=LetterSchema,
        status=202,
        errors=(errors.MAIL_NOT_SET_UP, errors.MAIL_BUSY, errors.TOO_MANY_ATTEMPTS),
    ),
)
