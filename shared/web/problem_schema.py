"""What every refusal looks like (RFC 9457), with the facts that only some of them have."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields

BYTES: Final = "in bytes"


def _fact(description: str) -> dict[str, Any]:
    return {"metadata": {"description": description}}


class ProblemSchema(Schema):
    """A refusal. Programs read `code` and the facts; `title` and `detail` are for people."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, **_fact("Stable name of the refusal"))
    detail = fields.String(required=True)
    request_id = fields.String(required=True)
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        **_fact("What is wrong, by field"),
    )
    retry_after_seconds = fields.Integer(**_fact("How long to wait, as in Retry-After"))
    limit = fields.Integer(**_fact("The largest that is allowed"))
    length = fields.Integer(**_fact("How long it would be"))
    declared_size = fields.Integer(**_fact("How many bytes the upload declared"))
    received_size = fields.Integer(**_fact("How many bytes arrived"))
    missing = fields.List(
        fields.Integer(), **_fact("Numbers of parts that have not arrived, the first 100")
    )
    missing_files = fields.Integer(**_fact("How many files of a playlist are not in the folder"))
    name = fields.String(**_fact("One of them"))
    line = fields.Integer(**_fact("Where in the playlist, from 1 on"))
    reason = fields.String(
        **_fact("Why a server cannot be used: no_such_name, no_answer, keys, clock, unfit, refused")
    )
    server = fields.String(**_fact("Name of the server that has the bucket"))
    missing_objects = fields.Integer(**_fact("How many of the objects looked for are not there"))
    sampled_objects = fields.Integer(**_fact("How many objects were looked for"))
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        **_fact("files, versions and bytes that would be lost"),
    )
    examples = fields.List(fields.UUID(), **_fact("Some of the files that would be lost"))
    missing_zones = fields.List(
        fields.String(), **_fact("Zones where the policy requires a copy and no server takes any")
    )
    max_files = fields.Integer(allow_none=True, **_fact("How many files are taken; null: any"))
    max_bytes = fields.Integer(allow_none=True, **_fact("How much is taken; null: any"))
