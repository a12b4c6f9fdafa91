"""Operations on second factors: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.second_factor import handlers
from services.auth.second_factor.schemas import (
    ConfirmationSchema,
    MyPasswordSchema,
    RecoveryCodesSchema,
    TotpSchema,
    TotpSecretSchema,
)
from shared import errors
from shared.web.route import IN_PERSON, Route

OF_PASSWORD: Final = (errors.WRONG_PASSWORD, errors.TOO_MANY_ATTEMPTS, errors.PASSWORDS_BUSY)

ROUTES: Final = (
    Route("GET", "/me/totp", handlers.show, IN_PERSON, answer=TotpSchema),
    Route(
        "POST",
        "/me/totp",
        handlers.begin,
        IN_PERSON,
        body=MyPasswordSchema,
        answer=TotpSecretSchema,
        errors=(*OF_PASSWORD, errors.TOTP_ENABLED),
    ),
    Route(
        "POST",
        "/me/totp/confirm",
        handlers.confirm,
        IN_PERSON,
        body=ConfirmationSchema,
        answer=RecoveryCodesSchema,
        errors=(
            errors.WRONG_CODE,
            errors.TOTP_NOT_STARTED,
            errors.TOTP_ENABLED,
            errors.TOO_MANY_ATTEMPTS,
        ),
    ),
    Route(
        "POST",
        "/me/totp/recovery-codes",
        handlers.renew_recovery_codes,
        IN_PERSON,
        body=MyPasswordSchema,
        answer=RecoveryCodesSchema,
        errors=(*OF_PASSWORD, errors.TOTP_NOT_STARTED),
    ),
    Route(
        "DELETE",
        "/me/totp",
        handlers.remove,
        IN_PERSON,
        body=MyPasswordSchema,
        status=204,
        errors=(*OF_PASSWORD, errors.PASSWORD_TOO_SHORT, errors.TOTP_NOT_STARTED),
    ),
    Route(
        "DELETE",
        "/users/{id}/totp",
        handlers.take_away,
        "users.change",
        status=204,
        errors=(errors.USER_NOT_FOUND, errors.TOTP_NOT_STARTED, errors.PROOF_NEEDED),
    ),
)
