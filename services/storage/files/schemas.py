"""Files in requests and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.storage.files.destination import Target
from services.storage.files.files import OWNER
from services.storage.files.names import FileName, FolderPath
from services.storage.files.query_schemas import TWO_FOLDERS, refuse_two_folders
from shared.web.etag import etag_of

if TYPE_CHECKING:
    from services.storage.files.files import File

ACCESSES = ("owner", "write", "read")
MAY = "what you may do: as its owner everything; with what others share, read it, or write, too"
PROOFS = ("sha256", "etag", "reading")
REPLICA_STATES = ("wanted", "copying", "ready", "suspect", "failed", "erasing", "gone")


class CopiesSchema(Schema):
    """How far the copies of the current version are."""

    ready = fields.Integer(
        required=True,
        metadata={
            "description": "copies that can be downloaded: the uploaded object, whose size was "
            "checked, and copies whose SHA-256 was"
        },
    )
    wanted = fields.Integer(required=True, metadata={"description": "copies there shall be"})
    servers = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.OneOf(REPLICA_STATES)),
        required=True,
        metadata={"description": "state by server", "example": {"new-york": "ready"}},
    )


class FileSchema(Schema):
    """A file with its current version."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, metadata={"example": "отчёт.pdf"})
    folder = fields.String(
        required=True,
        metadata={
            "description": "path of its folder; of what others share it begins with the folder "
            "that is shared",
            "example": "/",
        },
    )
    folder_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "null: top, or a file that is shared by itself"},
    )
    size = fields.Integer(required=True, metadata={"description": "bytes"})
    content_type = fields.String(required=True)
    sha256 = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "hexadecimal; null until the first copy was made"},
    )
    version = fields.Integer(required=True)
    versions = fields.Integer(required=True, metadata={"description": "stored ones"})
    state = fields.String(required=True, validate=validate.OneOf(("pending", "stored")))
    proof = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(PROOFS),
        metadata={
            "description": "what `sha256` goes back to: `sha256` that the client announced, `etag` "
            "(the MD5 that the first server had when the upload was completed), or `reading`: only "
            "what was read later; null until the first copy was made"
        },
    )
    durable = fields.Boolean(
        required=True,
        metadata={
            "description": "true when the SHA-256 was verified on at least two servers and goes "
            "back to what the client sent (`proof` is `sha256` or `etag`)"
        },
    )
    replicas = fields.Nested(CopiesSchema, required=True)
    access = fields.String(
        required=True,
        validate=validate.OneOf(ACCESSES),
        metadata={"description": MAY},
    )
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)
    trashed_at = fields.AwareDateTime(required=True, allow_none=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A new name, a new folder, or both; with `may_rename` another name when it is taken."""

    name: str | None = None
    target: Target | None = None
    may_rename: bool = False


class FileChangeSchema(Schema):
    """Rename or move."""

    fewest = 1
    refused = (
        TWO_FOLDERS,
        {"required": ["on_conflict"], "maxProperties": 1},
    )
    name = FileName(metadata={"example": "renamed.txt"})
    folder = FolderPath(
        metadata={"description": "path, made if missing", "example": "/reports/2026"}
    )
    folder_id = fields.UUID(allow_none=True, metadata={"description": "null: the top"})
    on_conflict = fields.String(
        load_default="fail",
        validate=validate.OneOf(("fail", "rename")),
        metadata={"description": "when the name is taken: refuse, or put a number behind it"},
    )

    @validates_schema
    def ask_for_something(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse a change that changes nothing, and two folders."""
        if not loaded.keys() & {"name", "folder", "folder_id"}:
            raise ValidationError("Give a name, a folder or both.")
        refuse_two_folders(loaded)

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> FileChange:
        """Make the dataclass."""
        moves = loaded.keys() & {"folder", "folder_id"}
        return FileChange(
            name=loaded.get("name"),
            target=Target(loaded.get("folder"), loaded.get("folder_id")) if moves else None,
            may_rename=loaded["on_conflict"] == "rename",
        )


def file_etag(file: File) -> str:
    """Make the ETag of a file: of its name and place, not of its bytes."""
    return etag_of(file.id, file.revision)


def show_file(file: File) -> dict[str, Any]:
    """Answer for one file."""
    copies = file.copies
    return {
        "id": file.id,
        "name": file.name,
        "folder": file.folder if file.seen_as is None else file.seen_as,
        "folder_id": file.folder_id if file.access == OWNER or file.top_id else None,
        "size": file.size,
        "content_type": file.content_type,
        "sha256": None if file.sha256 is None else file.sha256.hex(),
        "version": file.version,
        "versions": file.versions,
        "state": file.state.lower(),
        "proof": file.proof,
        "durable": file.is_durable,
        "replicas": {
            "ready": copies.ready,
            "wanted": copies.wanted,
            "servers": copies.servers,
        },
        "access": file.access,
        "created_at": file.created_at,
        "updated_at": file.updated_at,
        "trashed_at": file.trashed_at,
    }
