"""Operations on other people: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.directory import handlers
from services.auth.directory.schemas import (
    NamesAskedSchema,
    NamesSchema,
    PersonQuery,
    PersonSchema,
)
from shared import errors
from shared.web.route import SIGNED_IN, Route

ROUTES: Final = (
    Route(
        "GET",
        "/people",
        handlers.find_person,
        "files.share",
        query=PersonQuery,
        answer=PersonSchema,
        errors=(errors.USER_NOT_FOUND, errors.TOO_MANY_ATTEMPTS),
    ),
    Route(
        "POST",
        "/people/names",
        handlers.show_names,
        SIGNED_IN,
        body=NamesAskedSchema,
        answer=NamesSchema,
    ),
)
