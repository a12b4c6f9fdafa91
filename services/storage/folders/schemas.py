"""Folders in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.storage.files.names import FileName, FolderPath
from services.storage.files.paths import TOP
from services.storage.files.schemas import ACCESSES, MAY
from services.storage.folders.change import FolderChange
from shared.web.paging import PageQuery

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.files.folders import Folder


class FolderSchema(Schema):
    """A folder in its place."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "reports"})
    parent_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "null: top, or what is above is not shared with you"},
    )
    path = fields.String(
        required=True,
        metadata={
            "description": "of what others share it begins with the folder that is shared",
            "example": "/papers/reports",
        },
    )
    access = fields.String(
        required=True, validate=validate.OneOf(ACCESSES), metadata={"description": MAY}
    )
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    trashed_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "since when it, or a folder above it, is in the trash"},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldersQuery:
    """Which folders, which page."""

    limit: int
    cursor: str | None
    parent_id: UUID | None
    q: str | None
    trashed: bool


class FoldersQuerySchema(PageQuery):
    """Query of the list of folders."""

    parent_id = fields.UUID(
        load_default=None, metadata={"description": "the folder they are in; none: the top"}
    )
    q = fields.String(
        load_default=None,
        validate=validate.Length(1, 255),
        metadata={
            "description": "only names that hold this text, in any case and with any accents;"
            " also in folders further below, or anywhere"
        },
    )
    trashed = fields.Boolean(
        load_default=False,
        metadata={"description": "what was put into the trash, or is in a folder of the trash"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> FoldersQuery:
        """Make the dataclass."""
        return FoldersQuery(**loaded)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFolder:
    """A folder to be: a name below a parent, or a path."""

    name: str | None = None
    parent_id: UUID | None = None
    path: str | None = None


class NewFolderSchema(Schema):
    """A folder to be made: `name`, with `parent_id` if it is not at the top; or `path`."""

    fewest = 1
    refused = (
        {"required": ["name", "path"]},
        {"required": ["path", "parent_id"], "properties": {"parent_id": {"type": "string"}}},
        {"properties": {"path": {"const": TOP}}, "required": ["path"]},
        {"not": {"anyOf": [{"required": ["name"]}, {"required": ["path"]}]}},
    )
    name = FileName(metadata={"example": "reports"})
    parent_id = fields.UUID(allow_none=True, metadata={"description": "null: the top"})
    path = FolderPath(
        metadata={"description": "made where it is missing", "example": "/papers/reports"}
    )

    @validates_schema
    def ask_for_one(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse neither and both."""
        if ("name" in loaded) == ("path" in loaded):
            raise ValidationError("Give a name or a path, and not both.", "name")
        if loaded.get("parent_id") is not None and "path" in loaded:
            raise ValidationError("A path begins at the top.", "parent_id")
        if loaded.get("path") == TOP:
            raise ValidationError("The top is always there.", "path")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> NewFolder:
        """Make the dataclass."""
        return NewFolder(**loaded)


class FolderChangeSchema(Schema):
    """Rename or move."""

    fewest = 1
    refused = ({"required": ["on_conflict"], "maxProperties": 1},)
    name = FileName(metadata={"example": "reports of 2026"})
    parent_id = fields.UUID(allow_none=True, metadata={"description": "null: the top"})
    on_conflict = fields.String(
        load_default="fail",
        validate=validate.OneOf(("fail", "rename")),
        metadata={"description": "when the name is taken: refuse, or put a number behind it"},
    )

    @validates_schema
    def ask_for_something(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse a change that changes nothing."""
        if not loaded.keys() & {"name", "parent_id"}:
            raise ValidationError("Give a name, a parent or both.")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> FolderChange:
        """Make the dataclass."""
        return FolderChange(
            name=loaded.get("name"),
            moves="parent_id" in loaded,
            parent_id=loaded.get("parent_id"),
            may_rename=loaded["on_conflict"] == "rename",
        )


def show_folder(folder: Folder) -> dict[str, Any]:
    """Answer for one folder."""
    return {
        "id": folder.id,
        "name": folder.name,
        "parent_id": None if folder.id == folder.top_id else folder.parent_id,
        "path": folder.path if folder.seen_as is None else folder.seen_as,
        "access": folder.access,
        "created_at": folder.created_at,
        "updated_at": folder.updated_at,
        "trashed_at": folder.trashed_at,
    }
