"""What somebody wants of a link."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.storage.links.ends import End
    from services.storage.links.links import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWanted:
    """Terms for a link; `given` names those that were said, null included."""

    name: str = ""
    version: int | None = None
    # None: as it is, of something new never.
    end: End | None = None
    password: str | None = field(default=None, repr=False)
    max_downloads: int | None = None
    given: frozenset[str] = frozenset()

    @property
    def sets_password(self) -> bool:
        """Whether the password is to be another one, or none."""
        return "password" in self.given

    def over(self, link: Link) -> LinkWanted:
        """Complete what was not said with what holds now."""
        given = self.given
        return LinkWanted(
            name=self.name if "name" in given else link.name,
            version=link.version,
            end=self.end,
            password=self.password,
            max_downloads=self.max_downloads if "max_downloads" in given else link.max_downloads,
            given=given,
        )
