"""Manifests in requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.storage.downloads.schemas import MOST_ALTERNATES, VERSION
from services.storage.servers.schemas import ServerSchema, show_server

if TYPE_CHECKING:
    from services.storage.downloads.manifest import Manifest

SOURCES = 3


class ManifestQuerySchema(Schema):
    """Query of a manifest."""

    version = fields.Integer(**VERSION)
    sources = fields.Integer(
        load_default=SOURCES,
        validate=validate.Range(1, MOST_ALTERNATES),
        metadata={"description": "how many servers are named at most"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> tuple[int | None, int]:
        """Take the version and the number of sources."""
        return loaded["version"], loaded["sources"]


class HashedPartSchema(Schema):
    """A part with its hash."""

    number = fields.Integer(required=True, metadata={"description": "from 1 on"})
    offset = fields.Integer(required=True, metadata={"description": "bytes before it"})
    size = fields.Integer(required=True, metadata={"description": "bytes"})
    sha256 = fields.String(required=True, metadata={"description": "hexadecimal"})


class SourceSchema(Schema):
    """A server that holds the file, and the link to it there."""

    server = fields.Nested(ServerSchema, required=True)
    url = fields.URL(required=True, require_tld=False)


class ManifestSchema(Schema):
    """All that is needed to download a file from several servers and to prove each part."""

    name = fields.String(required=True)
    version = fields.Integer(required=True)
    size = fields.Integer(required=True, metadata={"description": "bytes"})
    content_type = fields.String(required=True)
    sha256 = fields.String(required=True, metadata={"description": "hexadecimal"})
    part_size = fields.Integer(
        required=True, metadata={"description": "bytes of each part but the last"}
    )
    parts = fields.List(fields.Nested(HashedPartSchema), required=True)
    sources = fields.List(
        fields.Nested(SourceSchema), required=True, metadata={"description": "the best first"}
    )
    expires_at = fields.AwareDateTime(
        required=True, metadata={"description": "when the links of the sources end"}
    )


def show_manifest(manifest: Manifest) -> dict[str, Any]:
    """Answer for a manifest."""
    held = manifest.held
    return {
        "name": held.name,
        "version": held.number,
        "size": held.size,
        "content_type": held.content_type,
        "sha256": manifest.sha256.hex(),
        "part_size": manifest.part_size,
        "parts": [
            {
                "number": part.number,
                "offset": part.offset,
                "size": part.size,
                "sha256": part.sha256.hex(),
            }
            for part in manifest.parts
        ],
        "sources": [
            {"server": show_server(choice.server), "url": url}
            for choice, url in manifest.sources.links
        ],
        "expires_at": manifest.sources.expires_at,
    }
