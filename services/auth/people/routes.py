"""Operations on people: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.accounts.schemas import NewUserSchema, UserSchema
from services.auth.people import handlers
from services.auth.people.schemas import UserChangeSchema, UsersQuery
from shared import errors
from shared.web.paging import page_of
from shared.web.route import Route

VIEW: Final = "users.view"
CHANGE: Final = "users.change"

ROUTES: Final = (
    Route("GET", "/users", handlers.list_users, VIEW, query=UsersQuery, answer=page_of(UserSchema)),
    Route(
        "POST",
        "/users",
        handlers.create_user,
        CHANGE,
        body=NewUserSchema,
        answer=UserSchema,
        status=201,
        errors=(errors.USERNAME_TAKEN, errors.EMAIL_TAKEN, errors.PASSWORDS_BUSY),
        idempotent=True,
    ),
    Route(
        "GET",
        "/users/{id}",
        handlers.show_one_user,
        VIEW,
        answer=UserSchema,
        errors=(errors.USER_NOT_FOUND,),
    ),
    Route(
        "PATCH",
        "/users/{id}",
        handlers.change_user,
        CHANGE,
        body=UserChangeSchema,
        answer=UserSchema,
        errors=(
            errors.USER_NOT_FOUND,
            errors.EMAIL_TAKEN,
            errors.LAST_SUPERUSER,
            errors.PROOF_NEEDED,
            errors.PRECONDITION_FAILED,
        ),
    ),
    Route(
        "POST",
        "/users/{id}/logout",
        handlers.sign_out,
        CHANGE,
        status=204,
        errors=(errors.USER_NOT_FOUND,),
    ),
)
