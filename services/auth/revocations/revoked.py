"""What ended lately, as PostgreSQL has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.tokens.notices import EVERYBODY, Kind, Notice

if TYPE_CHECKING:
    from shared.db import Connection, Pool

LIST_REVOKED: Final = f"""
SELECT '{Kind.SESSION}' AS kind, sessions.id::text AS id,
    extract(epoch FROM sessions.ended_at)::bigint AS at, 0::bigint AS version
FROM auth.sessions WHERE sessions.ended_at > now() - make_interval(secs => $1)
UNION ALL
SELECT '{Kind.SESSION}', api_tokens.id::text, extract(epoch FROM api_tokens.revoked_at)::bigint, 0
FROM auth.api_tokens WHERE api_tokens.revoked_at > now() - make_interval(secs => $1)
UNION ALL
SELECT '{Kind.RIGHTS}', COALESCE(rights_changes.user_id::text, '{EVERYBODY}'),
    extract(epoch FROM max(rights_changes.created_at))::bigint, max(rights_changes.version)
FROM auth.rights_changes WHERE rights_changes.created_at > now() - make_interval(secs => $1)
GROUP BY rights_changes.user_id
UNION ALL
SELECT '{Kind.KEY}', signing_keys.kid, extract(epoch FROM signing_keys.retired_at)::bigint, 0
FROM auth.signing_keys
WHERE signing_keys.retired_at <= now()
    AND signing_keys.retired_at > now() - make_interval(secs => $1)
ORDER BY 3
"""


async def list_revoked(db: Connection | Pool, seconds: float) -> list[Notice]:
    """What ended or changed in the last seconds: sessions, API tokens, rights and keys."""
    rows = await db.fetch(LIST_REVOKED, seconds)
    return [Notice(Kind(row["kind"]), row["id"], row["at"], row["version"]) for row in rows]
