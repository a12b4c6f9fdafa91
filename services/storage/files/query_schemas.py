"""Queries of lists of files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from services.storage.files.listing import SORT_COLUMNS
from services.storage.files.names import FolderPath
from services.storage.lists import ORDERS
from shared.web.paging import PageQuery

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID


# As the API document describes what `refuse_two_folders` refuses.
TWO_FOLDERS = {
    "required": ["folder", "folder_id"],
    "properties": {"folder_id": {"type": "string"}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesQuery:
    """Which files, in which order, which page."""

    limit: int
    cursor: str | None
    folder: str | None
    folder_id: UUID | None
    deep: bool
    q: str | None
    sort: str
    order: str
    trashed: bool


class FilesQuerySchema(PageQuery):
    """Query of the list of files."""

    folder = FolderPath(load_default=None, metadata={"description": "path: only what is in it"})
    folder_id = fields.UUID(load_default=None, metadata={"description": "only what is in it"})
    deep = fields.Boolean(
        load_default=False, metadata={"description": "also what is below the folder"}
    )
    q = fields.String(
        load_default=None,
        validate=validate.Length(1, 255),
        metadata={
            "description": "only names that hold this text, in any case and with any accents"
        },
    )
    sort = fields.String(load_default="created_at", validate=validate.OneOf(SORT_COLUMNS))
    order = fields.String(load_default="desc", validate=validate.OneOf(ORDERS))
    trashed = fields.Boolean(load_default=False, metadata={"description": "what is in the trash"})

    @validates_schema
    def name_one_folder(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse two folders."""
        refuse_two_folders(loaded)

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> FilesQuery:
        """Make the dataclass."""
        return FilesQuery(**loaded)


def refuse_two_folders(loaded: Mapping[str, Any]) -> None:
    """A folder is named by its path or by its id."""
    if loaded.get("folder") is not None and loaded.get("folder_id") is not None:
        raise ValidationError("Give folder or folder_id, not both.", "folder_id")
