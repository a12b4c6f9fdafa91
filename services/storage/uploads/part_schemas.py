"""Parts of uploads in requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, post_load, validate

from services.storage.uploads.parts import MOST_SIGNED
from shared.stores.part_sizes import MOST_PARTS
from shared.web.input_fields import Whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from services.storage.uploads.parts import SignedPart
    from shared.stores.multipart import Part

LONGEST_ETAG = 255


class SignedPartSchema(Schema):
    """How to send one part: a PUT of exactly `size` bytes with these headers."""

    number = fields.Integer(required=True, metadata={"description": "from 1 on"})
    size = fields.Integer(required=True, metadata={"description": "bytes"})
    url = fields.URL(required=True, require_tld=False)
    headers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class PartNumbersSchema(Schema):
    """Which parts are to be signed."""

    numbers = fields.List(
        Whole(validate=validate.Range(1, MOST_PARTS)),
        required=True,
        validate=validate.Length(1, MOST_SIGNED),
        metadata={"example": [101, 102]},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Sequence[int]:
        """Make a list without repetitions."""
        return list(dict.fromkeys(loaded["numbers"]))


class SignedPartsSchema(Schema):
    """Parts, freshly signed."""

    parts = fields.List(fields.Nested(SignedPartSchema), required=True)


class SentPartSchema(Schema):
    """A part as the S3 server confirmed it to the client."""

    number = Whole(required=True, validate=validate.Range(1, MOST_PARTS))
    etag = fields.String(required=True, validate=validate.Length(1, LONGEST_ETAG))


class CompletionSchema(Schema):
    """What a client knows of the parts; without it, the S3 server is asked alone."""

    parts = fields.List(
        fields.Nested(SentPartSchema), load_default=list, validate=validate.Length(max=MOST_PARTS)
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Mapping[int, str]:
        """Make a mapping of numbers to ETags without quotes."""
        return {part["number"]: part["etag"].strip('"') for part in loaded["parts"]}


class FewPartsSchema(CompletionSchema):
    """The same of somebody who need not be known: little to read before anything is looked up."""

    parts = fields.List(
        fields.Nested(SentPartSchema), load_default=list, validate=validate.Length(max=MOST_SIGNED)
    )


class ReceivedPartSchema(Schema):
    """A part that has arrived."""

    number = fields.Integer(required=True)
    size = fields.Integer(required=True, metadata={"description": "bytes"})
    etag = fields.String(required=True, metadata={"description": "as the server has it, or empty"})


def show_parts(parts: Iterable[SignedPart]) -> list[dict[str, Any]]:
    """Answer for signed parts."""
    return [
        {"number": part.number, "size": part.size, "url": part.url, "headers": {}} for part in parts
    ]


def show_received(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Answer for parts that have arrived."""
    return [{"number": part.number, "size": part.size, "etag": part.etag} for part in parts]
