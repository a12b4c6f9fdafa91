"""A policy: how many copies there shall be of something, and in which zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL: Final = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is wanted; `copies` None: one on every server.

    Each zone of `require` shall have a copy, none of `forbid` may. `near_owner`: on the servers
    nearest to where it was uploaded, instead of any.
    """

    copies: int | None = None
    one_per_zone: bool = False
    require: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    near_owner: bool = False

    @classmethod
    def read(cls, rule: Mapping[str, Any]) -> Policy:
        """Read it as it is stored."""
        copies, zones = rule["copies"], rule["zones"]
        return cls(
            copies=None if copies == ALL else copies,
            one_per_zone=rule["one_per_zone"],
            require=tuple(zones["require"]),
            forbid=tuple(zones["forbid"]),
            near_owner=rule["near_owner"],
        )

    @property
    def rule(self) -> dict[str, Any]:
        """The policy as it is stored and shown."""
        return {
            "copies": ALL if self.copies is None else self.copies,
            "one_per_zone": self.one_per_zone,
            "zones": {"require": list(self.require), "forbid": list(self.forbid)},
            "near_owner": self.near_owner,
        }

    def welcomes(self, zone: str) -> bool:
        """Whether an upload may go to a zone: where it arrives, a copy stays."""
        if zone in self.forbid:
            return False
        return len(self.require) != self.copies or zone in self.require
