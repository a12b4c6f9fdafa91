"""Requests and answers of those who send files by a file request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.storage.uploads.schemas import (
    FileToSendSchema,
    StartedUploadSchema,
    UploadProgressSchema,
    make_upload,
    show_progress,
    show_started,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from services.storage.receiving.found_drops import FoundDrop, Sent
    from services.storage.servers.fleet import Fleet
    from services.storage.uploads.new_upload import NewUpload
    from services.storage.uploads.start import StartedUpload
    from shared.stores.multipart import Part

LONGEST_SENDER = 100
# What tells of the folder, or of what others sent.
HIDDEN = ("file_id", "version")


class PublicDropSchema(Schema):
    """A file request as whoever has its address sees it."""

    title = fields.String(required=True)
    message = fields.String(required=True)
    needs_password = fields.Boolean(required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    max_files = fields.Integer(
        required=True, allow_none=True, metadata={"description": "of all senders together"}
    )
    max_bytes = fields.Integer(
        required=True, allow_none=True, metadata={"description": "of all files together"}
    )
    is_full = fields.Boolean(required=True, metadata={"description": "it takes no more"})
    max_file_bytes = fields.Integer(
        required=True, metadata={"description": "the largest file that can be sent"}
    )


class DropPassSchema(Schema):
    """An opened file request."""

    pass_ = fields.String(
        required=True,
        data_key="pass",
        metadata={"description": "sends files, as `X-Link-Pass`, without the password"},
    )
    expires_at = fields.AwareDateTime(required=True)


@dataclass(frozen=True, slots=True)
class Sending:
    """A file that somebody sends, and who he says he is."""

    sender: str
    new: NewUpload


class SendingSchema(FileToSendSchema):
    """A file that is to be sent by a file request."""

    sender = fields.String(
        validate=validate.Length(max=LONGEST_SENDER),
        metadata={"description": "who sends it, for whoever asked", "example": "Ann Lee"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Sending:
        """Make the dataclass."""
        sender = loaded.pop("sender", "")
        return Sending(sender.strip(), make_upload(loaded))


class SentFileSchema(Schema):
    """A file as its sender sees it."""

    name = fields.String(required=True, metadata={"description": "as its sender calls it"})
    size = fields.Integer(required=True, metadata={"description": "bytes"})
    content_type = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("pending", "stored", "ended")))


class SendingStartedSchema(StartedUploadSchema):
    """Where to send the bytes; as for an upload of one's own."""

    file = fields.Nested(SentFileSchema, required=True)


class SendingProgressSchema(UploadProgressSchema):
    """What was sent, and what of it has arrived, as its S3 server says."""

    name = fields.String(required=True, metadata={"description": "as its sender calls it"})

    class Meta:
        """What senders do not see."""

        exclude = HIDDEN


def show_public_drop(drop: FoundDrop, largest: int) -> dict[str, Any]:
    """Answer for a request; how much others sent is not told."""
    return {
        "title": drop.title,
        "message": drop.message,
        "needs_password": drop.password_hash is not None,
        "expires_at": drop.expires_at,
        "max_files": drop.max_files,
        "max_bytes": drop.max_bytes,
        "is_full": drop.is_full,
        "max_file_bytes": largest if drop.max_bytes is None else min(largest, drop.max_bytes),
    }


def show_sending(fleet: Fleet, started: StartedUpload, own_name: str) -> dict[str, Any]:
    """Answer for an upload that has begun."""
    file = started.reserved.file
    shown = {
        "name": own_name,
        "size": file.size,
        "content_type": file.content_type,
        "state": "pending",
    }
    return {**show_started(fleet, started), "file": shown}


def show_sent(sent: Sent) -> dict[str, Any]:
    """Answer for a file that is stored."""
    upload = sent.upload
    return {
        "name": sent.own_name,
        "size": upload.size,
        "content_type": upload.content_type,
        "state": "stored",
    }


def show_sending_progress(fleet: Fleet, sent: Sent, received: Iterable[Part]) -> dict[str, Any]:
    """Answer for an upload with what has arrived."""
    shown = show_progress(fleet, sent.upload, received)
    seen = {name: field for name, field in shown.items() if name not in HIDDEN}
    return {**seen, "name": sent.own_name}
