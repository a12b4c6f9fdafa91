"""Makes and lists folders, for the tests of all that is done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.storage.conftest import Person


async def make(person: Person, name: str, parent: str | None = None) -> str:
    """Make a folder; its id."""
    body = {"name": name, "parent_id": parent}
    return str((await person.call("POST", "/folders", 201, json=body))["id"])


async def paths(person: Person, parent: str | None = None) -> list[str]:
    """List the paths of folders, over all pages."""
    found: list[str] = []
    query = "" if parent is None else f"&parent_id={parent}"
    cursor = ""
    while True:
        page = await person.call("GET", f"/folders?limit=2{query}{cursor}")
        found += [item["path"] for item in page["items"]]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"
