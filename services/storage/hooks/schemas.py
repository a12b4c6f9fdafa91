"""The event document an S3 server posts; what is not known here is passed over.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load, validate

MOST_RECORDS = 100
LONGEST_NAME = 255
LONGEST_KEY = 3 * 1024  # each byte of it percent-encoded


@dataclass(frozen=True, slots=True)
class S3Record:
    """One thing that happened; `key` as sent, URL-encoded."""

    name: str
    bucket: str
    key: str


@dataclass(frozen=True, slots=True)
class S3Event:
    """Everything one webhook tells."""

    records: list[S3Record]


class BucketSchema(Schema):
    """The bucket of a record."""

    class Meta:  # noqa: D106
        unknown = EXCLUDE

    name = fields.String(required=True, validate=validate.Length(max=LONGEST_NAME))


class ObjectSchema(Schema):
    """The object of a record."""

    class Meta:  # noqa: D106
        unknown = EXCLUDE

    key = fields.String(
        required=True,
        validate=validate.Length(max=LONGEST_KEY),
        metadata={"description": "URL-encoded"},
    )


class EventPlaceSchema(Schema):
    """Where it happened."""

    class Meta:  # noqa: D106
        unknown = EXCLUDE

    bucket = fields.Nested(BucketSchema, required=True)
    object = fields.Nested(ObjectSchema, required=True)


class RecordSchema(Schema):
    """One record of an event."""

    class Meta:  # noqa: D106
        unknown = EXCLUDE

    name = fields.String(
        required=True,
        data_key="eventName",
        validate=validate.Length(max=LONGEST_NAME),
        metadata={"example": "s3:ObjectCreated:Put"},
    )
    s3 = fields.Nested(EventPlaceSchema, required=True)

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> S3Record:
        """Make the dataclass."""
        place = loaded["s3"]
        return S3Record(loaded["name"], place["bucket"]["name"], place["object"]["key"])


class S3EventSchema(Schema):
    """An event as MinIO and AWS S3 send it."""

    class Meta:  # noqa: D106
        unknown = EXCLUDE

    records = fields.List(
        fields.Nested(RecordSchema),
        data_key="Records",
        load_default=list,
        validate=validate.Length(max=MOST_RECORDS),
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> S3Event:
        """Make the dataclass."""
        return S3Event(**loaded)
