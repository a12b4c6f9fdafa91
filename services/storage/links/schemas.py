"""Links in requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.storage.links.term_schemas import TermsSchema, password_field, with_one_end
from services.storage.links.wanted import LinkWanted
from shared.web.input_fields import Whole

if TYPE_CHECKING:
    from services.storage.links.links import Link

LONGEST_NAME = 100
MOST_DOWNLOADS = 1_000_000


class LinkChangeSchema(TermsSchema):
    """New terms for a link; what is absent stays, null takes away."""

    name = fields.String(
        validate=validate.Length(max=LONGEST_NAME), metadata={"example": "For Ann"}
    )
    password = password_field("who opens the link has to know it")
    max_downloads = Whole(
        allow_none=True,
        validate=validate.Range(1, MOST_DOWNLOADS),
        metadata={"description": "of a folder: files downloaded"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> LinkWanted:
        """Make the dataclass."""
        loaded = with_one_end(loaded)
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
