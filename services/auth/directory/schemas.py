"""People in requests and answers, as other people see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.auth.directory.look_up import PersonAsked

if TYPE_CHECKING:
    from uuid import UUID

    from services.auth.directory.directory import Person

LONGEST_NAME = 254
MOST_IDS = 200


class PersonQuery(Schema):
    """Who is looked for: give one of the two."""

    username = fields.String(validate=validate.Length(1, LONGEST_NAME), metadata={"example": "ann"})
    email = fields.String(
        validate=validate.Length(1, LONGEST_NAME), metadata={"example": "ann@example.com"}
    )

    @validates_schema
    def names_one(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse none and both."""
        if len(loaded) != 1:
            raise ValidationError("Give either a username or an e-mail address.", "username")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> PersonAsked:
        """Make the dataclass."""
        return PersonAsked(**loaded)


@dataclass(frozen=True, slots=True)
class NamesAsked:
    """Whose names are asked for."""

    ids: list[UUID]


class NamesAskedSchema(Schema):
    """Whose names are asked for."""

    ids = fields.List(fields.UUID(), required=True, validate=validate.Length(max=MOST_IDS))

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> NamesAsked:
        """Make the dataclass."""
        return NamesAsked(**loaded)


class PersonSchema(Schema):
    """Somebody, by name."""

    id = fields.UUID(required=True)
    username = fields.String(required=True, metadata={"example": "ann"})
    first_name = fields.String(required=True, metadata={"example": "Ann"})
    last_name = fields.String(required=True, metadata={"example": "Lee"})


class NamesSchema(Schema):
    """The names of those who are there."""

    items = fields.List(fields.Nested(PersonSchema), required=True)


def show_person(person: Person) -> dict[str, Any]:
    """Answer for a person."""
    return {
        "id": person.id,
        "username": person.username,
        "first_name": person.first_name,
        "last_name": person.last_name,
    }
