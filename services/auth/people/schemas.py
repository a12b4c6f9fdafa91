"""People in requests and answers, as administrators see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.auth.people.change_people import UserChange
from services.auth.people.search import Wanted
from services.auth.texts import EmailAddress, PersonName
from shared.web.paging import PageAsked, PageQuery

LONGEST_TEXT = 254


@dataclass(frozen=True, slots=True)
class UsersAsked(PageAsked):
    """Which page of which users."""

    wanted: Wanted


class UsersQuery(PageQuery):
    """Query of the list of users."""

    q = fields.String(
        attribute="text",
        validate=validate.Length(1, LONGEST_TEXT),
        metadata={"description": "in the names or the e-mail address", "example": "ann"},
    )
    role = fields.String(
        validate=validate.Length(1, LONGEST_TEXT), metadata={"description": "name of a role"}
    )
    is_active = fields.Boolean()

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> UsersAsked:
        """Make the dataclass."""
        page = (loaded.pop("limit"), loaded.pop("cursor"))
        return UsersAsked(*page, Wanted(**loaded))


class UserChangeSchema(Schema):
    """What to change in an account; what is absent stays."""

    email = EmailAddress(metadata={"example": "ann.lee@example.com"})
    first_name = PersonName(metadata={"example": "Ann"})
    last_name = PersonName(metadata={"example": "Lee"})
    is_active = fields.Boolean(
        metadata={"description": "false: switched off, and signed out everywhere"}
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> UserChange:
        """Make the dataclass."""
        return UserChange(**loaded)
