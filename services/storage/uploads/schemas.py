"""Uploads in requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.storage.files.destination import Target
from services.storage.files.media_types import MediaType
from services.storage.files.names import FileName, FolderPath
from services.storage.files.query_schemas import TWO_FOLDERS, refuse_two_folders
from services.storage.files.schemas import FileSchema, show_file
from services.storage.servers.schemas import ServerSchema, show_server
from services.storage.uploads.new_upload import NewUpload, OnConflict
from services.storage.uploads.part_schemas import (
    ReceivedPartSchema,
    SignedPartSchema,
    show_parts,
    show_received,
)
from services.storage.uploads.parts import MOST_SIGNED
from shared.web.input_fields import Pattern, Whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.storage.servers.fleet import Fleet
    from services.storage.uploads.start import StartedUpload
    from shared.catalog.versions import Version
    from shared.stores.multipart import Part

LARGEST_BIGINT = 2**63 - 1
LONGEST_SERVER_NAME = 63
MOST_AVOIDED = 100
OVER = "write over this file: it keeps its name and place, whatever `name` says"
NOT_OVER_A_FILE = ("folder", "folder_id", "on_conflict")
# As the API document describes what does not go together.
OVER_A_FILE = tuple({"required": ["file_id", name]} for name in NOT_OVER_A_FILE)


class FileToSendSchema(Schema):
    """A file that is to be sent."""

    name = FileName(required=True, metadata={"example": "отчёт.pdf"})
    size = Whole(
        required=True,
        validate=validate.Range(0, LARGEST_BIGINT),
        metadata={"description": "bytes, exactly", "example": 1024},
    )
    content_type = MediaType(metadata={"example": "application/pdf"})
    sha256 = fields.String(
        validate=Pattern("^[0-9a-fA-F]{64}$", error="Must be 64 hexadecimal digits."),
        metadata={
            "description": "hexadecimal; other bytes are refused by complete or, above 16 MiB, by "
            "the first copy: they are kept where they are and given to nobody"
        },
    )
    parts = fields.Boolean(
        metadata={"description": "send it in parts also when it is not large", "example": False}
    )
    avoid = fields.List(
        fields.String(validate=validate.Length(1, LONGEST_SERVER_NAME)),
        validate=validate.Length(max=MOST_AVOIDED),
        metadata={"description": "names of servers that just failed you", "example": []},
    )


class NewUploadSchema(FileToSendSchema):
    """What is to be uploaded."""

    refused = (TWO_FOLDERS, *OVER_A_FILE)
    folder = FolderPath(metadata={"description": "path, made if missing", "example": "/"})
    folder_id = fields.UUID(allow_none=True, metadata={"description": "null: the top"})
    on_conflict = fields.Enum(
        OnConflict,
        by_value=True,
        metadata={
            "description": "when a file has the name: a new version of it (unless told otherwise), "
            "a number behind the name, or a refusal"
        },
    )

    file_id = fields.UUID(metadata={"description": OVER})

    @validates_schema
    def name_one_folder(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse two folders, and a file in a folder."""
        refuse_two_folders(loaded)
        if "file_id" in loaded and loaded.keys() & set(NOT_OVER_A_FILE):
            raise ValidationError("A file has its place and its name already.", "file_id")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> NewUpload:
        """Make the dataclass."""
        places = (loaded.pop(name, None) for name in ("folder", "folder_id", "file_id"))
        loaded["target"] = Target(*places)
        return make_upload(loaded)


def make_upload(loaded: dict[str, Any]) -> NewUpload:
    """Make the dataclass of what a schema of files has loaded."""
    if "sha256" in loaded:
        loaded["sha256"] = bytes.fromhex(loaded["sha256"])
    if "avoid" in loaded:
        loaded["avoid"] = frozenset(loaded["avoid"])
    return NewUpload(**loaded)


class StartedUploadSchema(Schema):
    """Where to send the bytes.

    Either in one request with just this `method`, `url`, `headers` and size, or in `parts` of
    `part_size` bytes, in any order and several at a time.
    """

    id = fields.UUID(required=True)
    file = fields.Nested(FileSchema, required=True)
    server = fields.Nested(ServerSchema, required=True)
    distance_km = fields.Float(required=True, allow_none=True)
    expires_at = fields.AwareDateTime(
        required=True, metadata={"description": "in parts: later by each time parts are signed"}
    )
    method = fields.String(validate=validate.Equal("PUT"))
    url = fields.URL(require_tld=False)
    headers = fields.Dict(keys=fields.String(), values=fields.String())
    part_size = fields.Integer(metadata={"description": "bytes of each part but the last"})
    parts = fields.List(
        fields.Nested(SignedPartSchema),
        metadata={"description": f"the first {MOST_SIGNED} at most"},
    )


class UploadSchema(Schema):
    """An upload and how far it is."""

    id = fields.UUID(required=True)
    file_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    size = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("pending", "stored", "ended")))
    server = fields.Nested(ServerSchema, required=True, allow_none=True)
    part_size = fields.Integer(
        required=True, allow_none=True, metadata={"description": "null when it is in one piece"}
    )
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)


class UploadProgressSchema(UploadSchema):
    """An upload with what has arrived of it, as its S3 server says."""

    received = fields.List(fields.Nested(ReceivedPartSchema), required=True)


class NamedUploadSchema(UploadSchema):
    """An unfinished upload with the name it will have."""

    name = fields.String(required=True)
    folder = fields.String(required=True)


def show_started(fleet: Fleet, started: StartedUpload) -> dict[str, Any]:
    """Answer for a started upload."""
    reserved = started.reserved
    if reserved.part_size is None:
        way: dict[str, Any] = {"method": "PUT", "url": started.url, "headers": started.headers}
    else:
        way = {"part_size": reserved.part_size, "parts": show_parts(started.parts)}
    return {
        "id": reserved.id,
        "file": show_file(reserved.file),
        "server": show_server(started.chosen.server),
        "distance_km": started.chosen.distance_km,
        "expires_at": reserved.expires_at,
        **way,
    }


def show_progress(fleet: Fleet, upload: Version, received: Iterable[Part]) -> dict[str, Any]:
    """Answer for an upload with what has arrived."""
    return {**show_upload(fleet, upload), "received": show_received(received)}


def show_upload(fleet: Fleet, upload: Version) -> dict[str, Any]:
    """Answer for one upload."""
    server = fleet.find_server(upload.upload_server_id)
    return {
        "id": upload.id,
        "file_id": upload.file_id,
        "version": upload.number,
        "size": upload.size,
        "state": upload.state.lower() if upload.state in {"PENDING", "STORED"} else "ended",
        "server": None if server is None else show_server(server),
        "part_size": upload.part_size,
        "created_at": upload.created_at,
        "expires_at": upload.upload_expires_at,
    }
