"""What somebody is told who has no room left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from shared.errors import QUOTA_EXCEEDED, MeridianError

if TYPE_CHECKING:
    from asyncpg import ConfigurationLimitExceededError


def quota_exceeded(error: ConfigurationLimitExceededError, *, is_own: bool = True) -> MeridianError:
    """QUOTA_EXCEEDED with the facts that sql/storage/0016_quotas.sql tells.

    How much somebody else has is nobody's business.
    """
    if not is_own:
        return MeridianError(QUOTA_EXCEEDED, "The owner of the folder has no room left.")
    facts: dict[str, Any] = orjson.loads(error.detail or "{}")
    for unit in ("files", "bytes"):
        if f"max_{unit}" in facts:
            facts[f"left_{unit}"] = max(0, facts[f"max_{unit}"] - facts[f"used_{unit}"])
    return MeridianError(QUOTA_EXCEEDED, **facts)
