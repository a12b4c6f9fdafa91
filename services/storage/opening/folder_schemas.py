"""The folder of a link in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load

from services.storage.files.names import FolderPath
from services.storage.files.paths import TOP
from shared.web.paging import PageAsked, PageQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.storage.files.files import File
    from services.storage.opening.shared_folder import Seen

BELOW = {"description": "path from the folder of the link down", "example": "/photos"}


@dataclass(frozen=True, slots=True)
class FolderLook(PageAsked):
    """Where to look, which page."""

    path: str
    deep: bool


class FolderLookSchema(PageQuery):
    """Query of what is in the folder of a link."""

    path = FolderPath(load_default=TOP, metadata=BELOW)
    deep = fields.Boolean(
        load_default=False, metadata={"description": "all files, also those in folders below"}
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> FolderLook:
        """Make the dataclass."""
        return FolderLook(**loaded)


class SeenFolderSchema(Schema):
    """A folder below that of a link."""

    name = fields.String(required=True)
    path = fields.String(required=True, metadata=BELOW)


class SeenFileSchema(Schema):
    """A file below the folder of a link."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    folder = fields.String(required=True, metadata=BELOW)
    size = fields.Integer(required=True)
    content_type = fields.String(required=True)
    state = fields.String(required=True, metadata={"description": "`stored`: it can be opened"})
    updated_at = fields.AwareDateTime(required=True)


class SeenSchema(Schema):
    """A page of what is in the folder of a link."""

    folders = fields.List(fields.Nested(SeenFolderSchema), required=True)
    items = fields.List(fields.Nested(SeenFileSchema), required=True)
    next = fields.String(required=True, allow_none=True)


def show_seen(seen: Seen, files: Sequence[File]) -> dict[str, Any]:
    """Answer for a page; paths begin at the folder of the link."""
    cut = len(seen.root)
    return {
        "folders": [{"name": folder.name, "path": folder.path[cut:]} for folder in seen.folders],
        "items": [
            {
                "id": file.id,
                "name": file.name,
                "folder": file.folder[cut:] or TOP,
                "size": file.size,
                "content_type": file.content_type,
                "state": file.state.lower(),
                "updated_at": file.updated_at,
            }
            for file in files
        ],
    }
