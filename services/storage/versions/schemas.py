"""Versions in answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields

if TYPE_CHECKING:
    from services.storage.files.files import File
    from services.storage.versions.versions import NumberedVersion


class VersionSchema(Schema):
    """One version of a file."""

    number = fields.Integer(required=True)
    is_current = fields.Boolean(required=True)
    restored_from = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "the number it had when it was made current again"},
    )
    size = fields.Integer(required=True, metadata={"description": "bytes"})
    content_type = fields.String(required=True)
    sha256 = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "hexadecimal; null until the first copy was made"},
    )
    created_by = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "who uploaded or restored it; null: somebody without an account"},
    )
    created_at = fields.AwareDateTime(required=True)


def show_version(file: File, version: NumberedVersion) -> dict[str, Any]:
    """Answer for one version."""
    return {
        "number": version.number,
        "is_current": version.number == file.version,
        "restored_from": version.restored_from,
        "size": version.size,
        "content_type": version.content_type,
        "sha256": None if version.sha256 is None else version.sha256.hex(),
        "created_by": version.created_by,
        "created_at": version.created_at,
    }
