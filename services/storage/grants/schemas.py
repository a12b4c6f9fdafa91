"""Grants in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

if TYPE_CHECKING:
    from services.storage.grants.grants import Grant, Thing
    from services.storage.grants.shared_with_me import SharedThing

ACCESSES = ("read", "write")
MAY = "`write`: also upload, rename, move within the folder and trash; never share or delete"
KINDS = ("file", "folder")


@dataclass(frozen=True, slots=True)
class GrantWanted:
    """How far somebody may go."""

    access: str


class GrantWantedSchema(Schema):
    """How far somebody may go."""

    access = fields.String(
        required=True, validate=validate.OneOf(ACCESSES), metadata={"description": MAY}
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> GrantWanted:
        """Make the dataclass."""
        return GrantWanted(**loaded)


class FolderAboveSchema(Schema):
    """A folder above, which is shared with all that is below it."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class GrantSchema(Schema):
    """That somebody may see a thing."""

    user_id = fields.UUID(
        required=True, metadata={"description": "`POST /auth/api/v1/people/names` has the name"}
    )
    access = fields.String(
        required=True, validate=validate.OneOf(ACCESSES), metadata={"description": MAY}
    )
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)


class GrantOfThingSchema(GrantSchema):
    """That somebody may see a thing, by itself or with a folder above it."""

    inherited_from = fields.Nested(
        FolderAboveSchema,
        required=True,
        allow_none=True,
        metadata={"description": "null: granted of the thing itself"},
    )


class SharedTargetSchema(Schema):
    """What is shared."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    id = fields.UUID(required=True)
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null while it is in the trash, or gone"},
    )


class OwnGrantSchema(GrantSchema):
    """Something of mine that somebody may see."""

    target = fields.Nested(SharedTargetSchema, required=True)


class SharedThingSchema(Schema):
    """A file or a folder that somebody shares with me."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    id = fields.UUID(required=True, metadata={"description": "of the file or the folder"})
    name = fields.String(required=True)
    owner_id = fields.UUID(
        required=True,
        metadata={"description": "whose it is; `POST /auth/api/v1/people/names` has the name"},
    )
    access = fields.String(
        required=True, validate=validate.OneOf(ACCESSES), metadata={"description": MAY}
    )
    since = fields.AwareDateTime(required=True)
    size = fields.Integer(
        required=True, allow_none=True, metadata={"description": "bytes; null of a folder"}
    )
    content_type = fields.String(required=True, allow_none=True)
    updated_at = fields.AwareDateTime(required=True)


def show_grant(grant: Grant) -> dict[str, Any]:
    """Answer for a grant."""
    return {
        "user_id": grant.user_id,
        "access": grant.access,
        "created_at": grant.created_at,
        "updated_at": grant.updated_at,
    }


def show_grant_of(thing: Thing, grant: Grant) -> dict[str, Any]:
    """Answer for a grant in the list of a thing."""
    is_own = thing.id in {grant.file_id, grant.folder_id}
    above = None if is_own else {"id": grant.folder_id, "name": grant.name}
    return {**show_grant(grant), "inherited_from": above}


def show_own_grant(grant: Grant) -> dict[str, Any]:
    """Answer for a grant in the list of all."""
    target = {
        "kind": "folder" if grant.file_id is None else "file",
        "id": grant.file_id or grant.folder_id,
        "name": grant.name,
    }
    return {**show_grant(grant), "target": target}


def show_shared(thing: SharedThing) -> dict[str, Any]:
    """Answer for something that others share."""
    return {
        "kind": "file" if thing.is_file else "folder",
        "id": thing.id,
        "name": thing.name,
        "owner_id": thing.owner_id,
        "access": thing.access,
        "since": thing.since,
        "size": thing.size,
        "content_type": thing.content_type,
        "updated_at": thing.updated_at,
    }
