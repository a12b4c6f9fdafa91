"""Uploads in requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.storage.files.names import FileName, FolderPath, MediaType
from services.storage.files.schemas import FileSchema, show_file
from services.storage.servers.schemas import ServerSchema, show_server
from services.storage.uploads.start import NewUpload

if TYPE_CHECKING:
    from services.storage.servers.fleet import Fleet
    from services.storage.uploads.start import StartedUpload
    from shared.catalog.versions import Version

LARGEST_BIGINT = 2**63 - 1


class NewUploadSchema(Schema):
    """What is to be uploaded."""

    name = FileName(required=True, metadata={"example": "отчёт.pdf"})
    size = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, LARGEST_BIGINT),
        metadata={"description": "bytes, exactly", "example": 1024},
    )
    content_type = MediaType(metadata={"example": "application/pdf"})
    sha256 = fields.String(
        validate=validate.Regexp("^[0-9a-fA-F]{64}$", error="Must be 64 hexadecimal digits."),
        metadata={"description": "hexadecimal; when given, other bytes are refused"},
    )
    folder = FolderPath(metadata={"example": "/"})

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> NewUpload:
        """Make the dataclass."""
        if "sha256" in loaded:
            loaded["sha256"] = bytes.fromhex(loaded["sha256"])
        return NewUpload(**loaded)


class StartedUploadSchema(Schema):
    """Where to send the bytes: one request with just this method, URL, headers and size."""

    id = fields.UUID(required=True)
    file = fields.Nested(FileSchema, required=True)
    server = fields.Nested(ServerSchema, required=True)
    distance_km = fields.Float(required=True, allow_none=True)
    expires_at = fields.AwareDateTime(required=True)
    method = fields.String(required=True, validate=validate.Equal("PUT"))
    url = fields.URL(required=True, require_tld=False)
    headers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class UploadSchema(Schema):
    """An upload and how far it is."""

    id = fields.UUID(required=True)
    file_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    size = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("pending", "stored", "ended")))
    server = fields.Nested(ServerSchema, required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)


class NamedUploadSchema(UploadSchema):
    """An unfinished upload with the name it will have."""

    name = fields.String(required=True)
    folder = fields.String(required=True)


def show_started(fleet: Fleet, started: StartedUpload) -> dict[str, Any]:
    """Answer for a started upload."""
    return {
        "id": started.id,
        "file": show_file(started.file),
        "server": show_server(fleet, started.chosen.server),
        "distance_km": started.chosen.distance_km,
        "expires_at": started.expires_at,
        "method": "PUT",
        "url": started.url,
        "headers": started.headers,
    }


def show_upload(fleet: Fleet, upload: Version) -> dict[str, Any]:
    """Answer for one upload."""
    server = fleet.find_server(upload.upload_server_id)
    return {
        "id": upload.id,
        "file_id": upload.file_id,
        "version": upload.number,
        "size": upload.size,
        "state": upload.state.lower() if upload.state in {"PENDING", "STORED"} else "ended",
        "server": None if server is None else show_server(fleet, server),
        "created_at": upload.created_at,
        "expires_at": upload.upload_expires_at,
    }
