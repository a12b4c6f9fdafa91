"""Operations on passkeys: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.passkeys import handlers
from services.auth.passkeys.schemas import (
    AdditionSchema,
    CreationOptionsSchema,
    PasskeySchema,
    RenamingSchema,
    RequestOptionsSchema,
    ShownPasskeySchema,
)
from services.auth.sessions.token_schemas import TokenPairSchema
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import IN_PERSON, PUBLIC, Route

# What an authenticator signs has less than 2 KiB; anybody may send it.
LARGEST_CREDENTIAL: Final = 8192

ROUTES: Final = (
    Route(
        "POST",
        "/passkeys/options",
        handlers.begin_sign_in,
        PUBLIC,
        answer=RequestOptionsSchema,
        errors=(errors.PASSKEYS_UNAVAILABLE,),
    ),
    Route(
        "POST",
        "/passkeys/login",
        handlers.sign_in,
        PUBLIC,
        largest_body=LARGEST_CREDENTIAL,
        body=ShownPasskeySchema,
        answer=TokenPairSchema,
        errors=(
            errors.LOGIN_FAILED,
            errors.PASSKEYS_UNAVAILABLE,
            errors.TOO_MANY_ATTEMPTS,
            errors.AUTH_UNAVAILABLE,
        ),
    ),
    Route(
        "POST",
        "/me/passkeys/options",
        handlers.begin_addition,
        IN_PERSON,
        answer=CreationOptionsSchema,
        errors=(errors.PROOF_NEEDED, errors.PASSKEYS_UNAVAILABLE),
    ),
    Route(
        "GET",
        "/me/passkeys",
        handlers.list_mine,
        IN_PERSON,
        query=PageQuery,
        answer=page_of(PasskeySchema),
    ),
    Route(
        "POST",
        "/me/passkeys",
        handlers.add,
        IN_PERSON,
        body=AdditionSchema,
        answer=PasskeySchema,
        status=201,
        errors=(
            errors.PROOF_NEEDED,
            errors.PASSKEYS_UNAVAILABLE,
            errors.PASSKEY_EXISTS,
            errors.TOO_MANY_PASSKEYS,
        ),
        idempotent=True,
    ),
    Route(
        "PATCH",
        "/me/passkeys/{id}",
        handlers.rename,
        IN_PERSON,
        body=RenamingSchema,
        answer=PasskeySchema,
        errors=(errors.PASSKEY_NOT_FOUND, errors.PRECONDITION_FAILED),
    ),
    Route(
        "DELETE",
        "/me/passkeys/{id}",
        handlers.remove,
        IN_PERSON,
        status=204,
        errors=(errors.PASSKEY_NOT_FOUND, errors.LAST_SIGN_IN_WAY),
    ),
)
