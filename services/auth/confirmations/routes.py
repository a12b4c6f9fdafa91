"""Operations on addresses: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.confirmations import handlers
from services.auth.confirmations.schemas import AddressLinkSchema
from services.auth.resets.schemas import LetterSchema
from shared import errors
from shared.web.route import IN_PERSON, PUBLIC, Route

ROUTES: Final = (
    Route(
        "POST",
        "/me/email/confirmation",
        handlers.send_letter,
        IN_PERSON,
        answer=LetterSchema,
        status=202,
        errors=(
            errors.MAIL_NOT_SET_UP,
            errors.MAIL_BUSY,
            errors.EMAIL_CONFIRMED,
            errors.TOO_MANY_ATTEMPTS,
        ),
    ),
    Route(
        "POST",
        "/email/confirm",
        handlers.confirm,
        PUBLIC,
        body=AddressLinkSchema,
        status=204,
        errors=(errors.CONFIRMATION_NOT_FOUND, errors.TOO_MANY_ATTEMPTS),
    ),
)
