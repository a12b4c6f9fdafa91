"""On how many servers a version is, and in which state: told by a statement in one short text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# Of a version's row, beside it: "new-york READY verified,cape-town WANTED". One text is cheaper to
# make and to carry than JSON, and most files of a list have the same.
SPREAD: Final = """
(
    SELECT string_agg(concat_ws(' ', servers.name, replicas.state,
        CASE WHEN replicas.verified_at IS NOT NULL THEN 'verified' END,
        CASE WHEN replicas.is_surplus THEN 'surplus' END), ',')
    FROM storage.replicas JOIN storage.servers ON servers.id = replicas.server_id
    WHERE replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
        AND replicas.state <> 'GONE'
)
"""
MOST_KEPT: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """`servers` maps names to states, in small letters.

    `ready` and `wanted` leave out what no policy wants any more.
    """

    ready: int
    verified: int
    wanted: int
    servers: Mapping[str, str]


@lru_cache(maxsize=MOST_KEPT)
def read_spread(text: str | None) -> Spread:
    """Read what SPREAD tells; None: it is nowhere yet."""
    copies = [copy.split(" ") for copy in text.split(",")] if text else []
    wanted = [copy for copy in copies if "surplus" not in copy]
    return Spread(
        ready=sum("READY" in copy for copy in wanted),
        verified=sum("READY" in copy and "verified" in copy for copy in copies),
        wanted=len(wanted),
        servers={name: state.lower() for name, state, *_ in copies},
    )
