"""Operations on roles: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.roles import handlers
from services.auth.roles.schemas import NewRoleSchema, RoleChangeSchema, RoleSchema
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import Route

VIEW: Final = "roles.view"
CHANGE: Final = "roles.change"
GRANT: Final = "users.grant"

ROUTES: Final = (
    Route("GET", "/roles", handlers.list_roles, VIEW, query=PageQuery, answer=page_of(RoleSchema)),
    Route(
        "POST",
        "/roles",
        handlers.create_role,
        CHANGE,
        body=NewRoleSchema,
        answer=RoleSchema,
        status=201,
        errors=(errors.ROLE_EXISTS,),
        idempotent=True,
    ),
    Route(
        "GET",
        "/roles/{id}",
        handlers.show_one_role,
        VIEW,
        answer=RoleSchema,
        errors=(errors.ROLE_NOT_FOUND,),
    ),
    Route(
        "PATCH",
        "/roles/{id}",
        handlers.change_role,
        CHANGE,
        body=RoleChangeSchema,
        answer=RoleSchema,
        errors=(
            errors.ROLE_NOT_FOUND,
            errors.ROLE_EXISTS,
            errors.ROLE_PROTECTED,
            errors.PRECONDITION_FAILED,
        ),
    ),
    Route(
        "DELETE",
        "/roles/{id}",
        handlers.delete_role,
        CHANGE,
        status=204,
        errors=(errors.ROLE_NOT_FOUND, errors.ROLE_PROTECTED),
    ),
    Route(
        "PUT",
        "/roles/{id}/permissions/{permission_id}",
        handlers.give_permission,
        CHANGE,
        status=204,
        errors=(errors.ROLE_NOT_FOUND, errors.PERMISSION_NOT_FOUND, errors.TOO_MANY_PERMISSIONS),
    ),
    Route(
        "DELETE",
        "/roles/{id}/permissions/{permission_id}",
        handlers.take_permission,
        CHANGE,
        status=204,
        errors=(errors.ROLE_NOT_FOUND, errors.PERMISSION_NOT_FOUND),
    ),
    Route(
        "PUT",
        "/users/{id}/roles/{role_id}",
        handlers.give_role,
        GRANT,
        status=204,
        errors=(errors.USER_NOT_FOUND, errors.ROLE_NOT_FOUND, errors.TOO_MANY_PERMISSIONS),
    ),
    Route(
        "DELETE",
        "/users/{id}/roles/{role_id}",
        handlers.take_role,
        GRANT,
        status=204,
        errors=(errors.USER_NOT_FOUND, errors.ROLE_NOT_FOUND),
    ),
)
