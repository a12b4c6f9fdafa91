"""Operations that delete accounts: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.deletion import handlers
from services.auth.deletion.schemas import FarewellSchema
from shared import errors
from shared.web.route import IN_PERSON, Route

ROUTES: Final = (
    Route(
        "DELETE",
        "/me",
        handlers.delete_me,
        IN_PERSON,
        body=FarewellSchema,
        status=204,
        errors=(
            errors.WRONG_PASSWORD,
            errors.PROOF_NEEDED,
            errors.LAST_SUPERUSER,
            errors.TOO_MANY_ATTEMPTS,
            errors.PASSWORDS_BUSY,
        ),
    ),
    Route(
        "DELETE",
        "/users/{id}",
        handlers.delete_user,
        "users.change",
        status=204,
        errors=(errors.USER_NOT_FOUND, errors.LAST_SUPERUSER, errors.PROOF_NEEDED),
    ),
)
