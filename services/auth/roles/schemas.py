"""Roles in requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.auth.roles.roles import NewRole, RoleChange
from services.auth.texts import Label

if TYPE_CHECKING:
    from services.auth.roles.roles import Role

LONGEST_NAME = 64
LONGEST_DESCRIPTION = 500


def name_field(*, required: bool) -> fields.Field[str]:
    """Describe the name of a role."""
    return Label(
        required=required,
        validate=validate.Length(1, LONGEST_NAME),
        metadata={"example": "editor"},
    )


def description_field() -> fields.Field[str]:
    """Describe a description."""
    return fields.String(
        validate=validate.Length(max=LONGEST_DESCRIPTION),
        metadata={"example": "changes what others uploaded"},
    )


class NewRoleSchema(Schema):
    """A role to be."""

    name = name_field(required=True)
    description = description_field()

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> NewRole:
        """Make the dataclass."""
        return NewRole(**loaded)


class RoleChangeSchema(Schema):
    """What to change in a role; what is absent stays."""

    name = name_field(required=False)
    description = description_field()

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> RoleChange:
        """Make the dataclass."""
        return RoleChange(**loaded)


class RoleSchema(Schema):
    """A role with its permissions."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "editor"})
    description = fields.String(required=True)
    is_system = fields.Boolean(
        required=True, metadata={"description": "it can be neither renamed nor deleted"}
    )
    permissions = fields.List(
        fields.String(), required=True, metadata={"example": ["files.change"]}
    )


def show_role(role: Role) -> dict[str, Any]:
    """Answer for a role."""
    return {
        "id": role.id,
        "name": role.name,
        "description": role.description,
        "is_system": role.is_system,
        "permissions": role.permissions,
    }
