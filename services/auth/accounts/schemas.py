"""Accounts in requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.auth.accounts.users import NewUser, ProfileChange
from services.auth.texts import FIRST_PASSWORD, EmailAddress, Password, PersonName, Username

if TYPE_CHECKING:
    from services.auth.accounts.users import User


LONGEST_TOKEN = 512


class NewUserSchema(Schema):
    """A new account."""

    username = Username(
        required=True,
        metadata={
            "description": "3 to 64 letters, digits, `.`, `_`, `-`; unique in any case",
            "example": "ann",
        },
    )
    email = EmailAddress(required=True, metadata={"example": "ann@example.com"})
    password = Password(required=True, load_only=True, metadata=FIRST_PASSWORD)
    first_name = PersonName(load_default="", metadata={"example": "Ann"})
    last_name = PersonName(load_default="", metadata={"example": "Lee"})

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> NewUser:
        """Make the dataclass."""
        return NewUser(**loaded)


class RegistrationSchema(NewUserSchema):
    """A new account that a person makes."""

    invitation = fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        validate=validate.Length(1, LONGEST_TOKEN),
        metadata={"description": "the last part of the link of an invitation"},
    )


class NewAccountSchema(NewUserSchema):
    """A new account that an operator makes: it may be a superuser."""

    is_superuser = fields.Boolean(load_default=False)


class ProfileChangeSchema(Schema):
    """What to change in my account; what is absent stays."""

    email = EmailAddress(metadata={"example": "ann.lee@example.com"})
    first_name = PersonName(metadata={"example": "Ann"})
    last_name = PersonName(metadata={"example": "Lee"})

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> ProfileChange:
        """Make the dataclass."""
        return ProfileChange(**loaded)


class UserSchema(Schema):
    """An account with its roles and the permissions that follow from them."""

    id = fields.UUID(required=True)
    username = fields.String(required=True, metadata={"example": "ann"})
    email = fields.Email(required=True, metadata={"example": "ann@example.com"})
    email_confirmed_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "since when it is known that they read its mail"},
    )
    first_name = fields.String(required=True, metadata={"example": "Ann"})
    last_name = fields.String(required=True, metadata={"example": "Lee"})
    has_password = fields.Boolean(
        required=True, metadata={"description": "false for who comes by other sites or a passkey"}
    )
    is_superuser = fields.Boolean(required=True)
    is_active = fields.Boolean(required=True)
    roles = fields.List(fields.String(), required=True, metadata={"example": ["member"]})
    permissions = fields.List(
        fields.String(validate=validate.Length(min=1)),
        required=True,
        metadata={"example": ["files.view", "files.upload"]},
    )
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    deleted_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "since when it waits to be erased, 30 days"},
    )


def show_user(user: User) -> dict[str, Any]:
    """Answer for an account."""
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "email_confirmed_at": user.email_confirmed_at,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "has_password": user.has_password,
        "is_superuser": user.is_superuser,
        "is_active": user.is_active,
        "roles": user.roles,
        "permissions": user.permissions,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "deleted_at": user.deleted_at,
    }
