"""Opened links in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.storage.downloads.schemas import AlternateSchema, Sha256, show_download
from services.storage.links.term_schemas import LONGEST_PASSWORD
from services.storage.servers.schemas import ServerSchema

if TYPE_CHECKING:
    from services.storage.files.files import File
    from services.storage.files.folders import Folder
    from services.storage.opening.found_links import FoundLink
    from services.storage.opening.open_link import Opened
    from services.storage.servers.fleet import Fleet


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody types to open a link."""

    password: str = field(default="", repr=False)


class OpeningSchema(Schema):
    """The password, where the link needs one."""

    password = fields.String(
        load_default="",
        load_only=True,
        validate=validate.Length(max=LONGEST_PASSWORD),
        metadata={"format": "password"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Opening:
        """Make the dataclass."""
        return Opening(**loaded)


class PublicLinkSchema(Schema):
    """A link as whoever has its address sees it."""

    kind = fields.String(required=True, validate=validate.OneOf(("file", "folder")))
    needs_password = fields.Boolean(required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    name = fields.String(metadata={"description": "only where no password is needed"})
    size = fields.Integer(
        allow_none=True,
        metadata={"description": "bytes of a file; only where no password is needed"},
    )


class OpenedSchema(Schema):
    """An opened link; all but the pass only of a file."""

    url = fields.URL(require_tld=False)
    server = fields.Nested(ServerSchema)
    distance_km = fields.Float(allow_none=True)
    alternates = fields.List(fields.Nested(AlternateSchema))
    pass_ = fields.String(
        required=True,
        data_key="pass",
        metadata={"description": "opens it again, as `X-Link-Pass`, without another count"},
    )
    expires_at = fields.AwareDateTime(
        required=True, metadata={"description": "of the URL of a file, of the pass of a folder"}
    )
    name = fields.String(required=True)
    size = fields.Integer(allow_none=True)
    version = fields.Integer()
    sha256 = Sha256()


def show_public_link(link: FoundLink, target: File | Folder | None) -> dict[str, Any]:
    """Answer for a link that is not open yet; nothing of its target before the password."""
    answer: dict[str, Any] = {
        "kind": link.kind,
        "needs_password": link.password_hash is not None,
        "expires_at": link.expires_at,
    }
    if link.password_hash is None and target is not None:
        answer |= {"name": target.name, "size": getattr(target, "size", None)}
    return answer


def show_opened(fleet: Fleet, opened: Opened) -> dict[str, Any]:
    """Answer for an opened link."""
    answer: dict[str, Any] = {
        "pass": opened.sealed_pass,
        "expires_at": opened.expires_at,
        "name": opened.name,
        "size": opened.size,
    }
    if opened.download is not None:
        answer |= show_download(fleet, opened.download)
    return answer
