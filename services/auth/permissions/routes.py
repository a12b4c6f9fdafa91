"""Operations on permissions: who may call them, and what goes in and out."""

from __future__ import annotations

from typing import Final

from services.auth.permissions import handlers
from services.auth.permissions.schemas import (
    NewPermissionSchema,
    PermissionChangeSchema,
    PermissionSchema,
)
from shared import errors
from shared.web.paging import PageQuery, page_of
from shared.web.route import Route

CHANGE: Final = "permissions.change"

ROUTES: Final = (
    Route(
        "GET",
        "/permissions",
        handlers.list_permissions,
        "permissions.view",
        query=PageQuery,
        answer=page_of(PermissionSchema),
    ),
    Route(
        "POST",
        "/permissions",
        handlers.create_permission,
        CHANGE,
        body=NewPermissionSchema,
        answer=PermissionSchema,
        status=201,
        errors=(errors.PERMISSION_EXISTS,),
        idempotent=True,
    ),
    Route(
        "PATCH",
        "/permissions/{id}",
        handlers.change_permission,
        CHANGE,
        body=PermissionChangeSchema,
        answer=PermissionSchema,
        errors=(
            errors.PERMISSION_NOT_FOUND,
            errors.PERMISSION_EXISTS,
            errors.PERMISSION_PROTECTED,
            errors.TOO_MANY_PERMISSIONS,
            errors.PRECONDITION_FAILED,
        ),
    ),
    Route(
        "DELETE",
        "/permissions/{id}",
        handlers.delete_permission,
        CHANGE,
        status=204,
        errors=(errors.PERMISSION_NOT_FOUND, errors.PERMISSION_PROTECTED),
    ),
)
