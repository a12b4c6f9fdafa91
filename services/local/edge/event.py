"""The S3 event that a request to a node amounts to, as MinIO would post it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.local.edge.objects import StoredObject

PUT = "s3:ObjectCreated:Put"
COPY = "s3:ObjectCreated:Copy"
COMPLETE = "s3:ObjectCreated:CompleteMultipartUpload"
DELETE = "s3:ObjectRemoved:Delete"


def event_name(method: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str | None:
    """Name the event of a request about an object that went well; None when it is no event."""
    if "uploadId" in query:
        return COMPLETE if method == "POST" else None
    if method == "PUT" and not query.keys() & {"tagging", "acl", "retention", "legal-hold"}:
        return COPY if "x-amz-copy-source" in headers else PUT
    return DELETE if method == "DELETE" else None


def event_body(name: str, stored: StoredObject, etag: str) -> dict[str, object]:
    """Describe what happened to an object; its key is URL-encoded, as S3 does."""
    described = {
        "key": quote_plus(stored.key, safe=""),
        "eTag": etag.strip('"'),
        "sequencer": f"{time.time_ns():016X}",
    }
    size = stored.size
    record = {
        "eventVersion": "2.0",
        "eventSource": "meridian:edge",
        "eventTime": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "eventName": name,
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": stored.bucket, "arn": f"arn:aws:s3:::{stored.bucket}"},
            "object": described if size is None else {**described, "size": size},
        },
    }
    return {"EventName": name, "Key": stored.name, "Records": [record]}
