"""People who share things by name, for the tests of all that may and may not be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.storage.conftest import EVERYTHING, make_token

if TYPE_CHECKING:
    from tests.storage.conftest import Person, Storage

RIGHTS = f"{EVERYTHING} files.share links.view links.create links.delete"


def somebody(storage: Storage) -> Person:
    """A person with the rights of a member."""
    person = storage.person()
    person.token = make_token(person.id, person.session_id, scope=RIGHTS)
    return person


async def share(
    owner: Person, path: str, other: Person, access: str = "read", status: int = 200
) -> None:
    """Share `files/ID` or `folders/ID` with somebody."""
    await owner.call("PUT", f"/{path}/grants/{other.id}", status, json={"access": access})


async def unshare(owner: Person, path: str, other: Person) -> None:
    """End it."""
    await owner.call("DELETE", f"/{path}/grants/{other.id}", 204)
