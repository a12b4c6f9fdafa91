"""Links in requests and answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.storage.links.wanted import LinkWanted
from shared.web.input_fields import Moment, Whole

if TYPE_CHECKING:
    from services.storage.links.links import Link

LONGEST_NAME = 100
LONGEST_PASSWORD = 256
LONGEST_LIFE = 10 * 366 * 86_400
MOST_DOWNLOADS = 1_000_000
PASSWORD = {"description": "who opens the link has to know it", "format": "password"}


class LinkChangeSchema(Schema):
    """New terms for a link; what is absent stays, null takes away."""

    name = fields.String(
        validate=validate.Length(max=LONGEST_NAME), metadata={"example": "For Ann"}
    )
    lifetime_seconds = Whole(
        validate=validate.Range(1, LONGEST_LIFE), metadata={"description": "from now on"}
    )
    expires_at = Moment(allow_none=True, metadata={"description": "instead of a lifetime"})
    password = fields.String(
        allow_none=True,
        load_only=True,
        validate=validate.Length(1, LONGEST_PASSWORD),
        metadata=PASSWORD,
    )
    max_downloads = Whole(
        allow_none=True,
        validate=validate.Range(1, MOST_DOWNLOADS),
        metadata={"description": "of a folder: files downloaded"},
    )

    @validates_schema
    def ask_for_one_end(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse two ends, and one that has passed."""
        if "lifetime_seconds" in loaded and loaded.get("expires_at"):
            raise ValidationError("Give a lifetime or a date, not both.", "expires_at")
        if loaded.get("expires_at") and loaded["expires_at"] <= datetime.now(UTC):
            raise ValidationError("This moment has passed.", "expires_at")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> LinkWanted:
        """Make the dataclass."""
        seconds = loaded.pop("lifetime_seconds", None)
        if seconds is not None:
            loaded["expires_at"] = datetime.now(UTC) + timedelta(seconds=seconds)
        return LinkWanted(**loaded, given=frozenset(loaded))


class NewLinkSchema(LinkChangeSchema):
    """A new link to a file."""

    version = Whole(
        validate=validate.Range(1, 2**31 - 1),
        metadata={"description": "always this version of the file; the current one when absent"},
    )


class NewFolderLinkSchema(LinkChangeSchema):
    """A new link to a folder."""


class TargetSchema(Schema):
    """What a link leads to."""

    kind = fields.String(required=True, validate=validate.OneOf(("file", "folder")))
    id = fields.UUID(required=True)
    version = fields.Integer(required=True, allow_none=True)
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null while it is in the trash, or gone"},
    )


class LinkSchema(Schema):
    """A link as its owner sees it."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    target = fields.Nested(TargetSchema, required=True)
    url = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "shown once, in the answer to the request that made the link"},
    )
    has_password = fields.Boolean(required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    max_downloads = fields.Integer(required=True, allow_none=True)
    downloads = fields.Integer(required=True)
    wrong_passwords = fields.Integer(
        required=True, metadata={"description": "more than a few: somebody is guessing"}
    )
    last_opened_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)


def show_link(link: Link, url: str | None = None) -> dict[str, Any]:
    """Answer for a link; with its address only when it was just made."""
    target = {
        "kind": "folder" if link.file_id is None else "file",
        "id": link.file_id or link.folder_id,
        "version": link.version,
        "name": link.target_name,
    }
    return {
        "id": link.id,
        "name": link.name,
        "target": target,
        "url": url,
        "has_password": link.has_password,
        "expires_at": link.expires_at,
        "max_downloads": link.max_downloads,
        "downloads": link.downloads,
        "wrong_passwords": link.wrong_passwords,
        "last_opened_at": link.last_opened_at,
        "created_at": link.created_at,
    }
