"""File requests in requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.storage.drops.wanted import DropWanted
from services.storage.links.term_schemas import TermsSchema, password_field, with_one_end
from shared.web.input_fields import Whole

if TYPE_CHECKING:
    from services.storage.drops.drops import Drop

LONGEST_TITLE = 100
LONGEST_MESSAGE = 2000
MOST_FILES = 1_000_000
TITLE = {"description": "shown to whoever has the address", "example": "Photos of May"}
LARGEST_BIGINT = 2**63 - 1


class DropChangeSchema(TermsSchema):
    """New terms of a file request; what is absent stays, null takes away."""

    title = fields.String(
        validate=validate.Length(1, LONGEST_TITLE),
        metadata=TITLE,
    )
    message = fields.String(
        validate=validate.Length(max=LONGEST_MESSAGE),
        metadata={"description": "shown to whoever has the address"},
    )
    password = password_field("who sends has to know it")
    max_files = Whole(allow_none=True, validate=validate.Range(1, MOST_FILES))
    max_bytes = Whole(
        allow_none=True,
        validate=validate.Range(1, LARGEST_BIGINT),
        metadata={"description": "of all files together"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> DropWanted:
        """Make the dataclass."""
        loaded = with_one_end(loaded)
        return DropWanted(**loaded, given=frozenset(loaded))


class NewDropSchema(DropChangeSchema):
    """A new file request."""

    folder_id = fields.UUID(required=True, metadata={"description": "where the files go"})
    title = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_TITLE),
        metadata=TITLE,
    )


class DropSchema(Schema):
    """A file request as its owner sees it."""

    id = fields.UUID(required=True)
    folder_id = fields.UUID(required=True)
    folder_name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null while the folder is in the trash, or gone"},
    )
    title = fields.String(required=True)
    message = fields.String(required=True)
    url = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "shown once, in the answer to the request that made it"},
    )
    has_password = fields.Boolean(required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    max_files = fields.Integer(required=True, allow_none=True)
    max_bytes = fields.Integer(required=True, allow_none=True)
    files = fields.Integer(
        required=True, metadata={"description": "received, and those on their way"}
    )
    bytes = fields.Integer(required=True, metadata={"description": "of these files"})
    wrong_passwords = fields.Integer(
        required=True, metadata={"description": "more than a few: somebody is guessing"}
    )
    last_received_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)


def show_drop(drop: Drop, url: str | None = None) -> dict[str, Any]:
    """Answer for a file request; with its address only when it was just made."""
    return {
        "id": drop.id,
        "folder_id": drop.folder_id,
        "folder_name": drop.folder_name,
        "title": drop.title,
        "message": drop.message,
        "url": url,
        "has_password": drop.has_password,
        "expires_at": drop.expires_at,
        "max_files": drop.max_files,
        "max_bytes": drop.max_bytes,
        "files": drop.files,
        "bytes": drop.bytes,
        "wrong_passwords": drop.wrong_passwords,
        "last_received_at": drop.last_received_at,
        "created_at": drop.created_at,
    }
