"""Operations on policies: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.storage.policies import handlers
from services.storage.policies.schemas import (
    FoundPolicySchema,
    PolicySchema,
    SimulatedSchema,
    TrialSchema,
)
from shared import errors
from shared.web.route import Route

if TYPE_CHECKING:
    from shared.web.route import Handler

VIEW: Final = "policy.view"
CHANGE: Final = "policy.change"
OF_FOLDER: Final = "/folders/{id}/policy"
OF_FILE: Final = "/files/{id}/policy"
FOLDER: Final = (errors.FOLDER_NOT_FOUND,)
FILE: Final = (errors.FILE_NOT_FOUND,)


def setting(path: str, handler: Handler, known: tuple[errors.Problem, ...] = ()) -> Route:
    """The row of a PUT of a policy."""
    return Route(
        "PUT", path, handler, CHANGE, body=PolicySchema, answer=FoundPolicySchema, errors=known
    )


ROUTES: Final = (
    Route("GET", "/policy", handlers.show, VIEW, answer=FoundPolicySchema),
    setting("/policy", handlers.change),
    Route("GET", OF_FOLDER, handlers.show_of_folder, VIEW, answer=FoundPolicySchema, errors=FOLDER),
    setting(OF_FOLDER, handlers.change_of_folder, FOLDER),
    Route("DELETE", OF_FOLDER, handlers.delete_of_folder, CHANGE, status=204, errors=FOLDER),
    Route("GET", OF_FILE, handlers.show_of_file, VIEW, answer=FoundPolicySchema, errors=FILE),
    setting(OF_FILE, handlers.change_of_file, FILE),
    Route("DELETE", OF_FILE, handlers.delete_of_file, CHANGE, status=204, errors=FILE),
    Route(
        "POST",
        "/policies/simulate",
        handlers.simulate,
        CHANGE,
        body=TrialSchema,
        answer=SimulatedSchema,
        errors=(*FOLDER, *FILE),
    ),
)
