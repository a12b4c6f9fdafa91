"""Policies in requests and answers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from shared.catalog.policy import ALL, Policy
from shared.web.input_fields import Whole

if TYPE_CHECKING:
    from uuid import UUID

    from services.storage.policies.policies import Found
    from services.storage.policies.simulate import Simulated

MOST_COPIES: Final = 1000
MOST_ZONES: Final = 100
KINDS: Final = ("all", "folder", "file")


class Copies(fields.Field[Any]):
    """A number of copies, or the word `all`."""

    _number = Whole(validate=validate.Range(1, MOST_COPIES))

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> int | None:
        return None if value == ALL else self._number.deserialize(value)

    def _serialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return value


COPIES_SHAPE: Final = {
    "oneOf": [
        {"type": "string", "enum": [ALL]},
        {"type": "integer", "minimum": 1, "maximum": MOST_COPIES},
    ],
    "description": "how many there shall be; `all`: one on every server",
    "example": 2,
}


def zones(said: str) -> fields.List[str]:
    """A list of names of zones."""
    return fields.List(
        fields.String(validate=validate.Length(1, 100)),
        load_default=list,
        validate=validate.Length(max=MOST_ZONES),
        metadata={"description": said},
    )


class ZonesSchema(Schema):
    """Where copies shall and may not be; zones are those of the servers."""

    require = zones("each of these shall have a copy; there must be a server in it")
    forbid = zones("none of these may have one, and nothing is downloaded from there")


class PolicySchema(Schema):
    """How many copies there shall be, and where."""

    copies = Copies(load_default=None, metadata=COPIES_SHAPE)
    one_per_zone = fields.Boolean(
        load_default=False, metadata={"description": "no two copies in one zone"}
    )
    zones = fields.Nested(ZonesSchema, load_default=lambda: {"require": [], "forbid": []})
    near_owner = fields.Boolean(
        load_default=False,
        metadata={
            "description": "the servers nearest to where it was uploaded, instead of any; where it "
            "arrived, a copy stays in both cases"
        },
    )

    @validates_schema(skip_on_field_errors=True)
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse what cannot be fulfilled."""
        require, forbid = loaded["zones"]["require"], loaded["zones"]["forbid"]
        both = sorted(set(require) & set(forbid))
        if both:
            raise ValidationError(f"Required and forbidden: {', '.join(both)}.", "zones")
        copies = loaded["copies"]
        if copies is not None and len(set(require)) > copies:
            raise ValidationError("Fewer copies than required zones.", "copies")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Policy:
        """Make the dataclass."""
        named = loaded.pop("zones")
        return Policy(
            require=tuple(dict.fromkeys(named["require"])),
            forbid=tuple(dict.fromkeys(named["forbid"])),
            **loaded,
        )


class FoundPolicySchema(Schema):
    """The policy that counts for something, and what it was said of."""

    copies = Copies(required=True, metadata=COPIES_SHAPE)
    one_per_zone = fields.Boolean(required=True)
    zones = fields.Nested(ZonesSchema, required=True)
    near_owner = fields.Boolean(required=True)
    set_for = fields.String(
        required=True,
        validate=validate.OneOf(KINDS),
        metadata={"description": "the nearest counts: the file, its folder, one above it, all"},
    )
    set_for_id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "null: all files"}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A policy that is tried out, for all, a folder or a file."""

    policy: Policy
    folder_id: UUID | None
    file_id: UUID | None


class TrialSchema(Schema):
    """What would happen if this were the policy; for all, unless a folder or a file is named."""

    folder_id = fields.UUID(load_default=None)
    file_id = fields.UUID(load_default=None)
    policy = fields.Nested(PolicySchema, required=True)

    @validates_schema(skip_on_field_errors=True)
    def check(self, loaded: dict[str, Any], **_: Any) -> None:
        """Refuse two targets."""
        if loaded["folder_id"] is not None and loaded["file_id"] is not None:
            raise ValidationError("Name a folder or a file, not both.", "file_id")

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Trial:
        """Make the dataclass."""
        return Trial(**loaded)


class MoveSchema(Schema):
    """What a server would get, and what would be taken from it."""

    server = fields.String(required=True, metadata={"example": "cape-town"})
    adds_files = fields.Integer(required=True)
    adds_bytes = fields.Integer(required=True)
    drops_files = fields.Integer(required=True)
    drops_bytes = fields.Integer(required=True)


class SimulatedSchema(Schema):
    """What a policy would move, compared with what is stored now."""

    files = fields.Integer(
        required=True, metadata={"description": "files of which copies would come or go"}
    )
    bytes = fields.Integer(
        required=True, metadata={"description": "bytes of these files, with old versions"}
    )
    moves = fields.List(fields.Nested(MoveSchema), required=True)


def show_policy(found: Found) -> dict[str, Any]:
    """Answer for the policy that counts."""
    return {**found.policy.rule, "set_for": found.kind, "set_for_id": found.target_id}


def show_simulated(simulated: Simulated) -> dict[str, Any]:
    """Answer for what would be moved."""
    return asdict(simulated)
