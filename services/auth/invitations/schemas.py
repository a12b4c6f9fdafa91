"""Invitations in requests and answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates

from services.auth.invitations.invitations import NewInvitation
from services.auth.texts import EmailAddress
from shared.web.input_fields import Moment

if TYPE_CHECKING:
    from services.auth.invitations.invitations import Invitation

MOST_ROLES = 100


class NewInvitationSchema(Schema):
    """An invitation to be made."""

    email = EmailAddress(
        load_default=None,
        allow_none=True,
        metadata={"description": "absent: good for any address", "example": "ann@example.com"},
    )
    roles = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=MOST_ROLES),
        metadata={"description": "ids of roles beside `member`; needs `users.grant`, too"},
    )
    expires_at = Moment(
        load_default=None,
        allow_none=True,
        metadata={"description": "absent: in a week"},
    )

    @validates("expires_at")
    def lies_ahead(self, moment: datetime | None, **_: Any) -> None:
        """Refuse an invitation that could never be used."""
        if moment is not None and moment <= datetime.now(UTC):
            raise ValidationError("Must lie in the future.")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> NewInvitation:
        """Make the dataclass; a role that is named twice counts once."""
        return NewInvitation(loaded["email"], sorted(set(loaded["roles"])), loaded["expires_at"])


class InvitationSchema(Schema):
    """An invitation without its link."""

    id = fields.UUID(required=True)
    email = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.String(), required=True, metadata={"example": ["operator"]})
    created_by = fields.UUID(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    used_at = fields.AwareDateTime(required=True, allow_none=True)


class MadeInvitationSchema(InvitationSchema):
    """A new invitation with its link, which is shown this once."""

    url = fields.Url(required=True, metadata={"description": "works once"})


def show_invitation(invitation: Invitation) -> dict[str, Any]:
    """Answer for an invitation."""
    return {
        "id": invitation.id,
        "email": invitation.email,
        "roles": invitation.roles,
        "created_by": invitation.created_by,
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
        "used_at": invitation.used_at,
    }
