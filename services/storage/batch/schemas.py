"""Batches in requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.storage.batch.wanted import MOST_AT_ONCE, Batch, BatchAction

if TYPE_CHECKING:
    from services.storage.batch.outcome import Outcome

MOVES = {"properties": {"action": {"const": BatchAction.MOVE.value}}, "required": ["action"]}


class BatchSchema(Schema):
    """An action on at most 1,000 files and folders; `folder_id` goes with `move` only."""

    refused = (
        {**MOVES, "not": {"required": ["folder_id"]}},
        {"required": ["folder_id"], "not": MOVES},
    )
    action = fields.Enum(BatchAction, by_value=True, required=True)
    files = fields.List(fields.UUID(), load_default=(), validate=validate.Length(max=MOST_AT_ONCE))
    folders = fields.List(
        fields.UUID(), load_default=(), validate=validate.Length(max=MOST_AT_ONCE)
    )
    folder_id = fields.UUID(allow_none=True, metadata={"description": "null: the top"})

    @validates_schema
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse too many, and a move to nowhere."""
        if len(loaded["files"]) + len(loaded["folders"]) > MOST_AT_ONCE:
            raise ValidationError(f"Name at most {MOST_AT_ONCE} files and folders.", "files")
        if (loaded["action"] is BatchAction.MOVE) != ("folder_id" in loaded):
            raise ValidationError("Say where to move them, and only then.", "folder_id")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Batch:
        """Make the dataclass."""
        return Batch(**loaded)


class FailureSchema(Schema):
    """Why nothing was done to one of them."""

    id = fields.UUID(required=True)
    code = fields.String(required=True, metadata={"example": "FILE_EXISTS"})


class OutcomeSchema(Schema):
    """What became of each."""

    done = fields.List(fields.UUID(), required=True)
    failed = fields.List(fields.Nested(FailureSchema), required=True)


def show_outcome(outcome: Outcome) -> dict[str, Any]:
    """Answer for a batch."""
    failed = [{"id": one, "code": problem.code} for one, problem in outcome.failed.items()]
    return {"done": outcome.done, "failed": failed}
