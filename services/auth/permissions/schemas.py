"""Permissions in requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.auth.permissions.permissions import NewPermission, PermissionChange
from services.auth.roles.schemas import description_field
from shared.web.input_fields import Pattern

if TYPE_CHECKING:
    from services.auth.permissions.permissions import Permission

LONGEST_NAME = 64
NAME = r"[a-z][a-z_]*(\.[a-z][a-z_]*)+"


def name_field(*, required: bool) -> fields.Field[str]:
    """Describe the name of a permission."""
    return fields.String(
        required=required,
        validate=(
            validate.Length(max=LONGEST_NAME),
            Pattern(rf"^{NAME}$", error="Must be like `films.view`: small letters."),
        ),
        metadata={"description": "`noun.verb` in small letters", "example": "films.rate"},
    )


class NewPermissionSchema(Schema):
    """A permission to be."""

    name = name_field(required=True)
    description = description_field()

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> NewPermission:
        """Make the dataclass."""
        return NewPermission(**loaded)


class PermissionChangeSchema(Schema):
    """What to change in a permission; what is absent stays."""

    name = name_field(required=False)
    description = description_field()

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> PermissionChange:
        """Make the dataclass."""
        return PermissionChange(**loaded)


class PermissionSchema(Schema):
    """What may be done, by name."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "films.rate"})
    description = fields.String(required=True)
    is_system = fields.Boolean(
        required=True,
        metadata={"description": "a service asks for it: it can be neither renamed nor deleted"},
    )


def show_permission(permission: Permission) -> dict[str, Any]:
    """Answer for a permission."""
    return {
        "id": permission.id,
        "name": permission.name,
        "description": permission.description,
        "is_system": permission.is_system,
    }
