"""Lists of files: the page is cut first, and only then is anything looked up for its rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from services.storage.files.files import CURRENT, PAGE_COLUMNS, VIEW, File
from services.storage.files.paths import HIDDEN, PLACES
from services.storage.files.sort_key import fold
from services.storage.lists import Conditions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool

SORT_COLUMNS: Final = {
    "name": "name_key",
    "size": "size",
    "created_at": "created_at",
    "updated_at": "updated_at",
}
LIKE_SPECIAL: Final = re.compile(r"[\\%_]")
ESCAPED: Final = r"\\\g<0>"

# Unlike a join, a filter leaves the order of the index to the page.
NOT_HIDDEN: Final = "(folder_id IN (SELECT id FROM hidden)) IS NOT TRUE"
# One folder after the other (OFFSET 0): a join would read all folders of the owner.
BELOW: Final = """
below AS (
    SELECT {} AS id
    UNION
    SELECT inside.id FROM below CROSS JOIN LATERAL (
        SELECT id FROM storage.folders WHERE owner_id = $1 AND parent_id = below.id
            AND deleted_at IS NULL AND trashed_at IS NULL OFFSET 0
    ) AS inside
)
"""
IS_BELOW: Final = "(folder_id IN (SELECT id FROM below)) IS TRUE"
# Few folders are asked one by one: what is in them is found among however many other files.
FEW_FOLDERS: Final = 100
ARE_FEW: Final = f"""
(SELECT count(*) FROM (SELECT FROM below LIMIT {FEW_FOLDERS + 1}) AS counted) <= {FEW_FOLDERS}
"""
PAGE: Final = f"SELECT {PAGE_COLUMNS} FROM storage.files WHERE {{asked}} {{cut}}"
PAGE_BELOW: Final = f"""
SELECT * FROM (
    (SELECT {PAGE_COLUMNS} FROM storage.files
    WHERE {{asked}} AND {IS_BELOW} AND NOT {ARE_FEW} {{cut}})
    UNION ALL
    SELECT inside.* FROM below CROSS JOIN LATERAL (
        SELECT {PAGE_COLUMNS} FROM storage.files
        WHERE {{asked}} AND folder_id = below.id {{cut}}
    ) AS inside WHERE {ARE_FEW}
) AS files {{cut}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Which files a person wants to see, in which order, behind which row.

    With `in_folder` those in one: by its id, by the names on its `path`, or at the top.
    """

    in_folder: bool = False
    folder_id: UUID | None = None
    path: Sequence[str] = ()
    deep: bool = False
    text: str | None = None
    trashed: bool = False
    sort: str = "created_at"
    order: str = "desc"
    limit: int = 50
    after: tuple[str | int | datetime, UUID] | None = None

    @property
    def column(self) -> str:
        """What it is sorted by."""
        return SORT_COLUMNS[self.sort]

    @property
    def is_below(self) -> bool:
        """Whether it is of what is in a folder, or further down, and not in the trash."""
        has_folder = self.folder_id is not None or bool(self.path)
        return has_folder and self.deep and not self.trashed


async def list_files(db: Connection | Pool, owner_id: UUID, listing: Listing) -> list[File]:
    """One page of a person's files; keyset paging, so no page is ever counted."""
    statement, arguments = compose(owner_id, listing)
    return [File(*row) for row in await db.fetch(statement, *arguments)]


def compose(owner_id: UUID, listing: Listing) -> tuple[str, list[Any]]:
    """Write the statement of a listing; its arguments."""
    asked = Conditions("owner_id = {} AND deleted_at IS NULL", owner_id)
    asked.add(f"trashed_at IS {'NOT ' if listing.trashed else ''}NULL")
    tables = _narrow(asked, listing)
    if listing.text is not None:
        asked.add("name_fold LIKE {}", as_part(fold(listing.text)))
    asked.begin_behind(f"{listing.column}, id", listing.after, listing.order)
    order = f"{{0}}{listing.column} {listing.order}, {{0}}id {listing.order}"
    cut = f"ORDER BY {order.format('')} LIMIT {asked.bind(listing.limit)}"
    page = (PAGE_BELOW if listing.is_below else PAGE).format(asked=asked, cut=cut)
    with_text = ", ".join((*tables, f"page AS MATERIALIZED ({page})", PLACES))
    view = VIEW.format(**CURRENT)
    statement = f"WITH RECURSIVE {with_text} {view} ORDER BY {order.format('page.')}"
    return statement, asked.arguments


def as_part(text: str) -> str:
    """A pattern of LIKE: whatever holds this text."""
    return f"%{LIKE_SPECIAL.sub(ESCAPED, text)}%"


def _narrow(asked: Conditions, listing: Listing) -> tuple[str, ...]:
    """Leave out what is not in the folder, or is hidden; the tables this takes."""
    folder = _name_folder(asked, listing)
    if listing.in_folder and not listing.deep:
        asked.add(f"folder_id = {folder}" if folder else "folder_id IS NULL")
        return ()
    if folder:
        if listing.trashed:
            asked.add(IS_BELOW)
        return (BELOW.format(folder),)
    if listing.trashed:
        return ()
    asked.add(NOT_HIDDEN)
    return (HIDDEN,)


def _name_folder(asked: Conditions, listing: Listing) -> str:
    """The folder in SQL, which is null where a path leads nowhere; empty: the top."""
    if listing.path:
        return f"(SELECT storage.folder_at($1, {asked.bind(listing.path)}::text[]))"
    return "" if listing.folder_id is None else f"{asked.bind(listing.folder_id)}::uuid"
