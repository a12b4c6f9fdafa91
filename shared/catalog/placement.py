"""Which servers should hold a version, and what may be done with a server: asked here only.

Each rule stands here twice: in Python, and as SQL about a row of servers. A test compares them.
"""

from __future__ import annotations

import hashlib
from math import cos, radians, sin
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from shared.catalog.policy import Policy
    from shared.catalog.servers import Server

# It takes part in holding what is stored.
HOLDS: Final = "(servers.is_active AND NOT servers.is_draining)"
# What it has may be read and erased.
OPEN: Final = "servers.is_on"
# Something may be written to it now.
TAKES: Final = f"({HOLDS} AND {OPEN} AND servers.takes_writes)"

DEFAULT_RULE: Final = """
(SELECT rule FROM storage.policies
    WHERE owner_id = '00000000-0000-0000-0000-000000000000'
        AND target_id = '00000000-0000-0000-0000-000000000000')
"""
# The policy of a file that is in a folder.
RULE: Final = f"COALESCE(storage.own_rule({{owner}}, {{file}}, {{folder}}), {DEFAULT_RULE})"
# No copy may be in the zone of this server, as the rule of `version` says.
FORBIDS: Final = "{version}.rule -> 'zones' -> 'forbid' ? servers.zone"
# Places closer than a few kilometres are as near as each other.
NEAR_BY: Final = 1e6
DISTANCE: Final = f"""
CASE WHEN ({{version}}.rule ->> 'near_owner')::boolean THEN round({NEAR_BY:.0f}::float8 * (1
    - sin(radians(servers.latitude)) * sin(radians(origin.latitude))
    - cos(radians(servers.latitude)) * cos(radians(origin.latitude))
        * cos(radians(servers.longitude - origin.longitude)))) ELSE 0 END
"""
HASH: Final = 'md5(uuid_send({version}.id) || uuid_send(servers.id)) COLLATE pg_catalog."C"'
BEFORE: Final = f"servers.id <> {{version}}.upload_server_id, {DISTANCE}, {HASH}"
# One copy on every server that may have one: there is nothing to rank.
IS_PLAIN: Final = (
    "({version}.rule ->> 'copies' = 'all' AND NOT ({version}.rule ->> 'one_per_zone')::boolean)"
)
# The servers, among `holds`, that should have a row `version` with id, upload_server_id and rule.
CHOSEN: Final = f"""
SELECT servers.id FROM storage.servers WHERE {IS_PLAIN} AND {{holds}} AND NOT {FORBIDS}
UNION ALL (
SELECT ranked.id FROM (
    SELECT servers.id, servers.zone, row_number() OVER (ORDER BY {BEFORE}) AS place,
        row_number() OVER (PARTITION BY servers.zone ORDER BY {BEFORE}) AS place_in_zone
    FROM storage.servers
    JOIN storage.servers AS origin ON origin.id = {{version}}.upload_server_id
    WHERE NOT {IS_PLAIN} AND {{holds}} AND NOT {FORBIDS}
) AS ranked
WHERE ranked.place_in_zone = 1 OR NOT ({{version}}.rule ->> 'one_per_zone')::boolean
ORDER BY NOT (ranked.place_in_zone = 1 AND {{version}}.rule -> 'zones' -> 'require' ? ranked.zone),
    ranked.place
LIMIT NULLIF({{version}}.rule ->> 'copies', 'all')::integer
)
"""


def should_hold(servers: Iterable[Server]) -> list[Server]:
    """Choose the servers that take part in holding what is stored."""
    return [server for server in servers if server.is_active and not server.is_draining]


def is_open(server: Server) -> bool:
    """Whether what it has may be read and erased: the operator has not switched it off."""
    return server.is_on


def takes_writes(server: Server) -> bool:
    """Whether uploads and copies may be sent to it now."""
    return bool(should_hold([server])) and server.is_on and server.takes_writes


def choose(
    policy: Policy, version_id: UUID, origin: Server, servers: Iterable[Server]
) -> list[Server]:
    """Choose the servers that should have a version that was uploaded to `origin`.

    Where it arrived, a copy stays. The others are those nearest to it, or as their hash with the
    version says (rendezvous hashing): so whoever comes or goes moves nothing between the others.
    """

    def order(server: Server) -> tuple[bool, int, str]:
        distance = _distance(origin, server) if policy.near_owner else 0
        digest = hashlib.md5(version_id.bytes + server.id.bytes, usedforsecurity=False)
        return server.id != origin.id, distance, digest.hexdigest()

    allowed = [server for server in should_hold(servers) if server.zone not in policy.forbid]
    ranked = sorted(allowed, key=order)
    first = {server.zone: server.id for server in reversed(ranked)}
    if policy.one_per_zone:
        ranked = [server for server in ranked if first[server.zone] == server.id]
    required = {first.get(zone) for zone in policy.require}
    ranked.sort(key=lambda server: server.id not in required)
    return ranked[: policy.copies]


def missing_zones(policy: Policy, servers: Iterable[Server]) -> list[str]:
    """Zones that the policy requires and no server stands for."""
    there = {server.zone for server in should_hold(servers) if server.is_on}
    return [zone for zone in policy.require if zone not in there]


def _distance(one: Server, other: Server) -> int:
    """In units in which places closer than a few kilometres are as near as each other."""
    north, other_north = radians(one.latitude), radians(other.latitude)
    along = cos(north) * cos(other_north) * cos(radians(other.longitude - one.longitude))
    return round(NEAR_BY * (1 - sin(north) * sin(other_north) - along))
