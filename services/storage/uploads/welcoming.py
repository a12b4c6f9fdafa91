"""Servers that an upload may go to: where a policy wants a copy to stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.catalog.placement import missing_zones, should_hold
from shared.errors import NO_SERVER, MeridianError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.storage.servers.fleet import Fleet
    from services.storage.servers.nearest import Ranked
    from services.storage.uploads.new_upload import NewUpload
    from shared.catalog.policy import Policy
    from shared.geo import Place

RETRY_SECONDS: Final = 5


def welcoming(fleet: Fleet, place: Place, new: NewUpload, policy: Policy) -> Sequence[Ranked]:
    """Servers for an upload, best first; NO_SERVER where a zone that must have a copy has none."""
    missing = missing_zones(policy, fleet.servers())
    if missing:
        raise MeridianError(
            NO_SERVER,
            f"The policy requires a copy where no server takes any: {', '.join(missing)}.",
            retry_after=RETRY_SECONDS,
            missing_zones=missing,
        )
    welcome = [
        server
        for server in should_hold(fleet.servers())
        if server.name not in new.avoid and policy.welcomes(server.zone)
    ]
    return fleet.choose(place, welcome, new.size, writing=True)
