"""What became of each thing of a batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from shared.errors import Problem


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whom it went well with, and why not with the others."""

    done: list[UUID] = field(default_factory=list)
    failed: dict[UUID, Problem] = field(default_factory=dict)

    def fail(self, ids: Iterable[UUID], problem: Problem) -> None:
        """Note why these were not done."""
        self.failed.update(dict.fromkeys(ids, problem))
