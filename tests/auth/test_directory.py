"""Other people: found by who knows them, and by nobody who guesses."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from services.auth.attempts.lanes import LOOK_UP

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.auth.conftest import Auth


async def test_somebody_is_found_by_exact_name_or_address(auth: Auth) -> None:
    ann = await auth.newcomer()
    bob = await auth.register("Bob", email="bob@пример.рф", first_name="Bob", last_name="Lee")
    shown = {"id": bob["id"], "username": "Bob", "first_name": "Bob", "last_name": "Lee"}
    token = ann["access_token"]
    for query in ({"username": "BOB"}, {"email": "Bob@xn--e1afmkfd.xn--p1ai"}):
        assert await auth.call("GET", "/people", 200, token, params=query) == shown
    for query in ({"username": "Bo"}, {"email": "bob@"}, {"username": "bob@пример.рф"}):
        problem = await auth.call("GET", "/people", 404, token, params=query)
        assert problem["code"] == "USER_NOT_FOUND"


async def test_exactly_one_of_the_two_is_asked(auth: Auth) -> None:
    token = (await auth.newcomer())["access_token"]
    for query in ({}, {"username": "ann", "email": "ann@example.com"}, {"username": ""}):
        await auth.call("GET", "/people", 422, token, params=query)


async def test_who_is_switched_off_is_not_found(auth: Auth, db: Pool) -> None:
    ann, bob = await auth.newcomer(), await auth.register()
    await db.execute("UPDATE auth.users SET is_active = false WHERE id = $1", bob["id"])
    query = {"username": bob["username"]}
    await auth.call("GET", "/people", 404, ann["access_token"], params=query)


async def test_it_needs_the_permission_to_share(auth: Auth, db: Pool) -> None:
    worker = await auth.worker(db, "files.view")
    query = {"username": worker["username"]}
    problem = await auth.call("GET", "/people", 403, worker["access_token"], params=query)
    assert problem["code"] == "PERMISSION_DENIED"


async def test_guessing_names_is_slowed_down(auth: Auth) -> None:
    ann, bob = await auth.newcomer(), await auth.newcomer()
    known = {"username": bob["username"]}
    for number in range(LOOK_UP.free + 1):
        query = {"username": f"nobody-{number}"}
        await auth.call("GET", "/people", 404, ann["access_token"], params=query)
    problem = await auth.call("GET", "/people", 429, ann["access_token"], params=known)
    assert problem["code"] == "TOO_MANY_ATTEMPTS"
    await auth.call("GET", "/people", 200, bob["access_token"], params=known)


async def test_names_of_many(auth: Auth) -> None:
    ann, bob = await auth.newcomer(), await auth.register("bob", first_name="Bob")
    token = ann["access_token"]
    ids = [bob["id"], ann["id"], str(uuid.uuid4()), bob["id"]]
    named = await auth.call("POST", "/people/names", 200, token, json={"ids": ids})
    assert {item["id"] for item in named["items"]} == {ann["id"], bob["id"]}
    assert len(named["items"]) == 2
    assert {"id", "username", "first_name", "last_name"} == set(named["items"][0])
    assert await auth.call("POST", "/people/names", 200, token, json={"ids": []}) == {"items": []}
    many = [str(uuid.uuid4()) for _ in range(201)]
    await auth.call("POST", "/people/names", 422, token, json={"ids": many})
