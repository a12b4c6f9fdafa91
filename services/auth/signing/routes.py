"""Operations on signing: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.signing import handlers
from services.auth.signing.schemas import KeysSchema
from shared import errors
from shared.web.route import PUBLIC, Route

ROUTES: Final = (
    Route(
        "GET",
        "/.well-known/jwks.json",
        handlers.show_keys,
        PUBLIC,
        answer=KeysSchema,
        errors=(errors.AUTH_UNAVAILABLE,),
    ),
)
