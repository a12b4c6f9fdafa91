"""The folder of a link in requests and answers."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from marshmallow import Schema, fields, post_load

from services.storage.files.names import FolderPath
from services.storage.files.paths import TOP
from services.storage.opening.shared_folder import MOST_FOLDERS, Look
from shared.web.cursor_parts import read_text
from shared.web.paging import PageAsked, PageQuery, cut_page, decode_cursor, encode_cursor

if TYPE_CHECKING:
    from services.storage.files.files import File
    from services.storage.files.folders import Folder
    from services.storage.opening.shared_folder import Seen


class Kind(enum.Enum):
    """What a page ended with."""

    FOLDER = "folder"
    FILE = "file"


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


def read_look(query: FolderLook) -> Look:
    """What is looked for, with one row more than fits; BAD_CURSOR."""
    look = Look(path=query.path, deep=query.deep, limit=query.limit + 1)
    if query.cursor is None:
        return look
    kind, name_key, row_id = decode_cursor(query.cursor, Kind, read_text, UUID)
    if kind is Kind.FOLDER:
        return replace(look, after_folder=(name_key, row_id))
    return replace(look, after=(name_key, row_id))


def show_seen(seen: Seen, limit: int) -> dict[str, Any]:
    """Answer for a page; paths begin at the folder of the link."""
    cut = len(seen.root)
    folders = cut_page(seen.folders, MOST_FOLDERS, partial(_cursor, Kind.FOLDER))
    files = cut_page(seen.files, limit, partial(_cursor, Kind.FILE))
    return {
        "folders": [{"name": folder.name, "path": folder.path[cut:]} for folder in folders.items],
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
            for file in files.items
        ],
        "next": folders.next or files.next,
    }


def _cursor(kind: Kind, last: File | Folder) -> str:
    return encode_cursor(kind.value, last.name_key, last.id)
