"""The steps of a version: PENDING → STORED → DELETING → GONE, never back.

Each is what an UPDATE of storage.versions sets, and the condition under which it may; no other
file writes the column.
"""

from __future__ import annotations

from typing import Final

# Its object was checked under the lease that is given back with it.
BECOMES_STORED: Final = "state = 'STORED', stored_at = now(), settle_until = NULL"
MAY_BECOME_STORED: Final = """versions.state = 'PENDING'
    AND (versions.settle_until IS NULL OR versions.settle_until > clock_timestamp())"""

# What a client may have put, or may still put, is left to the sweep, which looks at once
# and again when the URL is dead.
BECOMES_DELETING: Final = """state = 'DELETING', settle_until = NULL,
    next_check_at = CASE WHEN versions.state = 'PENDING' THEN now()
        ELSE versions.next_check_at END"""
MAY_BECOME_DELETING: Final = "versions.state IN ('PENDING', 'STORED')"

# An upload that is given up has no replicas to wait for.
BECOMES_DROPPED: Final = "state = 'GONE', settle_until = NULL"
MAY_BECOME_DROPPED: Final = "versions.state = 'PENDING'"

BECOMES_GONE: Final = "state = 'GONE'"
MAY_BECOME_GONE: Final = """versions.state = 'DELETING' AND NOT EXISTS (
    SELECT FROM storage.replicas
    WHERE replicas.owner_id = versions.owner_id AND replicas.version_id = versions.id
        AND replicas.state <> 'GONE')"""
