"""The statements that reserve a file and its version, for a person or by a file request."""

from __future__ import annotations

from typing import Final

from shared.catalog.placement import DEFAULT_RULE

# Nothing is reserved where another policy counts than the server was chosen by.
MAY_BE: Final = """
    policy.rule = $22::jsonb
        AND ($2::uuid IS NULL OR EXISTS (SELECT FROM storage.folders
            WHERE owner_id = $1 AND id = $2 AND deleted_at IS NULL))
"""
INSERT: Final = f"""
WITH policy AS MATERIALIZED (
    SELECT COALESCE(storage.own_rule_of_name($1, $2, $3), {DEFAULT_RULE}) AS rule
), {{room}}file AS (
    INSERT INTO storage.files
        (owner_id, folder_id, name, name_key, name_fold, sort_version, current_version_id, size)
    SELECT $1, $2, $3, $19, $20, $21, $4, $12 FROM {{with_room}} WHERE {{may_be}}
    {{on_conflict}}
    RETURNING id, revision, created_at, updated_at, versions_made
), action AS (
    INSERT INTO storage.actions
        (owner_id, event, object_id, user_id, data, ip, place, server, link_id)
    SELECT $1, '{{event}}', file.id, $5, $6, $7, $8, $9, {{drop_id}} FROM file
), upload AS (
    INSERT INTO storage.versions (owner_id, id, file_id, number, key, upload_key, size,
        content_type, declared_sha256, created_by, upload_server_id, upload_expires_at,
        next_check_at, part_size)
    SELECT $1, $4, file.id, file.versions_made, $10, $11, $12, $13, $14, $5, $15,
        now() + make_interval(secs => $16), now() + make_interval(secs => $17), $18
    FROM file RETURNING upload_expires_at
){{arrival}}
SELECT file.*, upload.upload_expires_at, policy.rule
FROM policy LEFT JOIN (file CROSS JOIN upload) ON true
"""
OF_A_PERSON: Final = {
    "room": "",
    "with_room": "policy",
    "may_be": MAY_BE,
    "event": "FILE.UPLOAD",
    "drop_id": "NULL::uuid",
    "arrival": "",
}
INSERT_UPLOAD_OF_NEW: Final = INSERT.format(on_conflict="", **OF_A_PERSON)
# A name that exists gets its next version; the counter makes parallel uploads take turns.
INSERT_UPLOAD: Final = INSERT.format(
    on_conflict="""
    ON CONFLICT (owner_id, folder_id, name) WHERE deleted_at IS NULL AND trashed_at IS NULL
    DO UPDATE SET versions_made = files.versions_made + 1
""",
    **OF_A_PERSON,
)
# By a file request: $23 which, $24 who says that he sends it, $25 what he calls it. Its row counts
# what comes, so however many send at once, no more is let in than it may take.
INSERT_UPLOAD_BY_DROP: Final = INSERT.format(
    on_conflict="",
    room=f"""room AS (
    UPDATE storage.drops SET files = files + 1, bytes = bytes + $12
    FROM policy
    WHERE owner_id = $1 AND id = $23 AND folder_id = $2 AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > now())
        AND (max_files IS NULL OR files < max_files)
        AND (max_bytes IS NULL OR bytes + $12 <= max_bytes)
        AND {MAY_BE}
    RETURNING id
), """,
    with_room="room",
    may_be="true",
    event="DROP.UPLOAD",
    drop_id="$23",
    arrival=""", arrival AS (
    INSERT INTO storage.drop_files (owner_id, version_id, drop_id, name, sender)
    SELECT $1, $4, $23, $25, $24 FROM file
)""",
)
