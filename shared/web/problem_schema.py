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
    missing = fields.List(
        fields.Integer(), **_fact("Numbers of parts that have not arrived, the first 100")
    )
