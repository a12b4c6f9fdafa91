"""How something is taken out of the trash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, post_load, validate


@dataclass(frozen=True, slots=True)
class Restoring:
    """Whether another name will do."""

    may_rename: bool


class RestoreSchema(Schema):
    """What to do when the name is taken by now."""

    on_conflict = fields.String(
        load_default="rename",
        validate=validate.OneOf(("rename", "fail")),
        metadata={"description": "when the name is taken: put a number behind it, or refuse"},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Restoring:
        """Make the dataclass."""
        return Restoring(may_rename=loaded["on_conflict"] == "rename")
