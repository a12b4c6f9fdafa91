"""Quotas: nobody stores more than they may, however many uploads begin at once."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

from tests.storage.conftest import Person, Storage, make_token
from tests.world.places import BOSTON

COUNTED = """
SELECT (SELECT count(*) FROM storage.files WHERE owner_id = $1 AND deleted_at IS NULL) AS files,
    COALESCE(sum(size) FILTER (WHERE state = 'STORED'), 0) AS bytes,
    COALESCE(sum(size) FILTER (WHERE state = 'PENDING'), 0) AS reserved_bytes
FROM storage.versions WHERE owner_id = $1
"""


def administrator(storage: Storage) -> Person:
    person = storage.person()
    person.token = make_token(person.id, person.session_id, scope="quotas.change")
    return person


async def limit(storage: Storage, owner_id: UUID, **limits: int) -> dict[str, Any]:
    admin = administrator(storage)
    return await admin.call("PUT", f"/admin/quotas/{owner_id}", json=limits)


async def begin(person: Person, size: int, **more: Any) -> tuple[int, dict[str, Any]]:
    """Start an upload of a name of its own; status and body."""
    token = make_token(person.id, person.session_id)
    headers = {"Authorization": f"Bearer {token}"}
    body = {"name": str(uuid4()), "size": size, **more}
    url = "/storage/api/v1/uploads"
    async with person.client.post(url, headers=headers, json=body) as answer:
        return answer.status, await answer.json()


async def test_what_is_stored_is_counted_at_every_step(storage: Storage, owner_pool: Any) -> None:
    person = storage.person(BOSTON)

    async def used() -> tuple[int, ...]:
        shown = await person.call("GET", "/usage")
        row = await owner_pool.fetchrow(COUNTED, person.id)
        assert dict(row) == {name: shown[name] for name in dict(row)}
        kinds = ("files", "bytes", "reserved_bytes", "trashed_bytes", "old_versions_bytes")
        return tuple(shown[name] for name in kinds)

    assert await used() == (0, 0, 0, 0, 0)
    started = await person.upload("a", b"12345", complete=False, folder="/x")
    assert await used() == (1, 0, 5, 0, 0)
    file = await person.call("POST", f"/uploads/{started['id']}/complete")
    assert await used() == (1, 5, 0, 0, 0)
    await person.upload("a", b"123", folder="/x")
    assert await used() == (1, 8, 0, 0, 5)
    dropped = await person.upload("a", b"7654321", complete=False, folder="/x")
    assert await used() == (1, 8, 7, 0, 5)
    await person.call("DELETE", f"/uploads/{dropped['id']}", 204)
    await person.upload("b", b"1")
    assert await used() == (2, 9, 0, 0, 5)
    folder = await person.call("POST", "/folders", 200, json={"path": "/x"})
    await person.call("POST", f"/folders/{folder['id']}/trash")
    assert await used() == (2, 9, 0, 8, 0)
    shown = await person.call("GET", "/usage")
    assert (shown["trashed_files"], shown["trash_days"]) == (1, 30)
    await person.call("DELETE", f"/files/{file['id']}", 204)
    assert await used() == (1, 1, 0, 0, 0)


async def test_a_hundred_uploads_at_once_do_not_get_more_than_there_is(storage: Storage) -> None:
    person = storage.person(BOSTON)
    await limit(storage, person.id, max_bytes=35)
    answers = await asyncio.gather(*(begin(person, 3) for _ in range(100)))
    statuses = [status for status, _ in answers]
    assert (statuses.count(201), statuses.count(413)) == (11, 89)
    refused = next(body for status, body in answers if status == 413)
    assert refused["code"] == "QUOTA_EXCEEDED"
    assert refused["max_bytes"] == 35
    assert refused["left_bytes"] == 35 - refused["used_bytes"]
    usage = await person.call("GET", "/usage")
    assert (usage["reserved_bytes"], usage["max_bytes"], usage["files"]) == (33, 35, 11)
    status, body = await begin(person, 3)
    assert (status, body["used_bytes"], body["left_bytes"]) == (413, 33, 2)
    assert (await begin(person, 2))[0] == 201


async def test_files_are_counted_too_and_room_comes_back(storage: Storage) -> None:
    person = storage.person(BOSTON)
    await limit(storage, person.id, max_files=2)
    started = await person.upload("a", b"1", complete=False)
    await person.upload("b", b"1")
    status, refused = await begin(person, 1)
    assert (status, refused["code"], refused["left_files"]) == (413, "QUOTA_EXCEEDED", 0)
    await person.upload("b", b"22")
    await person.call("DELETE", f"/uploads/{started['id']}", 204)
    assert (await begin(person, 1))[0] == 201


async def test_a_new_version_takes_room_of_its_own(storage: Storage) -> None:
    person = storage.person(BOSTON)
    await limit(storage, person.id, max_bytes=5)
    await person.upload("a", b"123")
    assert (await begin(person, 3, name="a"))[0] == 413
    shown = (await person.call("GET", "/files"))["items"]
    assert [(file["version"], file["versions"]) for file in shown] == [(1, 1)]


async def test_all_have_the_default_until_they_have_their_own(storage: Storage) -> None:
    person, admin = storage.person(BOSTON), administrator(storage)
    nothing = {"max_files": None, "max_bytes": None}
    assert await admin.call("GET", "/admin/quotas/default") == nothing
    await admin.call("PUT", "/admin/quotas/default", json={"max_bytes": 1})
    assert (await begin(person, 2))[0] == 413
    mine = await limit(storage, person.id, max_bytes=2)
    assert (mine["max_bytes"], mine["is_own"]) == (2, True)
    assert (await begin(person, 2))[0] == 201
    await admin.call("DELETE", f"/admin/quotas/{person.id}", 204)
    shown = await admin.call("GET", f"/admin/quotas/{person.id}")
    assert (shown["max_bytes"], shown["is_own"], shown["reserved_bytes"]) == (1, False, 2)
    events = [item["event"] for item in (await person.call("GET", "/actions"))["items"]]
    assert events == ["QUOTA.CHANGE", "FILE.UPLOAD", "QUOTA.CHANGE"]
    for body in ({"max_bytes": -1}, {"max_files": "many"}, {"bytes": 1}):
        await admin.call("PUT", "/admin/quotas/default", 422, json=body)


async def test_the_row_of_all_is_no_person(storage: Storage) -> None:
    admin, nobody = administrator(storage), f"/admin/quotas/{UUID(int=0)}"
    await admin.call("PUT", "/admin/quotas/default", json={"max_bytes": 7})
    for method, more in (("GET", {}), ("PUT", {"json": {"max_bytes": 9}}), ("DELETE", {})):
        refused = await admin.call(method, nobody, 404, **more)
        assert refused["code"] == "USER_NOT_FOUND"
    assert await admin.call("GET", "/admin/quotas/default") == {"max_files": None, "max_bytes": 7}
    assert (await storage.person().call("GET", "/usage"))["max_bytes"] == 7


async def test_whoever_stores_most_comes_first(storage: Storage) -> None:
    admin = administrator(storage)
    people = [storage.person(BOSTON) for _ in range(3)]
    for person, size in zip(people, (2, 3, 3), strict=True):
        await person.upload("a", b"1" * size)
    idle = storage.person()
    await limit(storage, idle.id, max_files=7)
    await limit(storage, people[0].id, max_bytes=9)
    seen: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await admin.call("GET", f"/admin/quotas?limit=1{cursor}")
        seen += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    mine = {str(person.id) for person in (*people, idle)}
    seen = [one for one in seen if one["user_id"] in mine]
    assert [(one["files"], one["bytes"]) for one in seen] == [(1, 3), (1, 3), (1, 2), (0, 0)]
    assert {one["user_id"] for one in seen[:2]} == {str(person.id) for person in people[1:]}
    limits = [(one["is_own"], one["max_files"], one["max_bytes"]) for one in seen[1:]]
    assert limits == [(False, None, None), (True, None, 9), (True, 7, None)]
    await people[0].call("GET", "/admin/quotas", 403)


async def test_only_who_may_says_how_much(storage: Storage) -> None:
    person = storage.person()
    for method, path in (("GET", "default"), ("PUT", "default"), ("PUT", str(person.id))):
        body: dict[str, int] | None = {} if method == "PUT" else None
        await person.call(method, f"/admin/quotas/{path}", 403, json=body)
