"""Quotas and usage in requests and answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from marshmallow import Schema, fields, post_load, validate

from services.storage.quotas.quotas import Limits
from shared.web.input_fields import Whole

if TYPE_CHECKING:
    from services.storage.quotas.quotas import Quota, Usage

LARGEST_BIGINT: Final = 0x7FFFFFFFFFFFFFFF


class LimitsSchema(Schema):
    """How much may be stored; null, or left out: as much as one likes."""

    max_files = Whole(
        allow_none=True,
        load_default=None,
        validate=validate.Range(0, LARGEST_BIGINT),
        metadata={"example": 100_000},
    )
    max_bytes = Whole(
        allow_none=True,
        load_default=None,
        validate=validate.Range(0, LARGEST_BIGINT),
        metadata={"example": 100 * 1024**3},
    )

    @post_load
    def make(self, loaded: dict[str, Any], **_: Any) -> Limits:
        """Make the dataclass."""
        return Limits(**loaded)


class DefaultQuotaSchema(Schema):
    """How much all may store who have no quota of their own."""

    max_files = fields.Integer(required=True, allow_none=True)
    max_bytes = fields.Integer(required=True, allow_none=True)


class SumsSchema(DefaultQuotaSchema):
    """How much somebody stores in all, and how much they may."""

    files = fields.Integer(required=True, metadata={"description": "with those in the trash"})
    bytes = fields.Integer(
        required=True, metadata={"description": "with old versions and the trash"}
    )
    reserved_bytes = fields.Integer(
        required=True, metadata={"description": "of uploads that have not ended"}
    )


class PersonUsageSchema(SumsSchema):
    """A person in the list of who stores how much."""

    user_id = fields.UUID(required=True)
    is_own = fields.Boolean(required=True, metadata={"description": "false: it is the one of all"})


class UsageSchema(SumsSchema):
    """How much somebody stores, of what kind, and how much they may."""

    trashed_files = fields.Integer(
        required=True, metadata={"description": "in the trash, with those in its folders"}
    )
    trashed_bytes = fields.Integer(required=True)
    old_versions_bytes = fields.Integer(
        required=True, metadata={"description": "of files that are not in the trash"}
    )


class OwnUsageSchema(UsageSchema):
    """How much I store, and may, and how long the trash is kept."""

    trash_days = fields.Integer(
        required=True, metadata={"description": "after so many days the trash is deleted for ever"}
    )


class QuotaSchema(UsageSchema):
    """The quota of a person, and what they store."""

    is_own = fields.Boolean(required=True, metadata={"description": "false: it is the one of all"})


def show_quota(quota: Quota, usage: Usage) -> dict[str, Any]:
    """Answer for the quota of a person."""
    return {**show_usage(quota, usage), "is_own": quota.is_own}


def show_usage(quota: Quota, usage: Usage) -> dict[str, Any]:
    """Answer for what somebody stores."""
    return {**asdict(usage), **asdict(quota.limits)}
