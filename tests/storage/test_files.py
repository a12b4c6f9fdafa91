"""Files: listing, paging, renaming, deleting; and that nobody sees another's."""

from __future__ import annotations

import asyncio
import unicodedata
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from yarl import URL

from tests.storage.conftest import Person, Storage, make_token
from tests.storage.parts import sweep_once
from tests.world.places import BOSTON, JOBURG


async def fill(person: Person, count: int) -> list[str]:
    names = [f"file {number:02}" for number in range(count)]
    for number, name in enumerate(names):
        # In another order than the names, some of them alike.
        body = {"name": name, "size": number * 5 % 7 // 2}
        await person.call("POST", "/uploads", 201, json=body)
    return names


async def read_all(person: Person, query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await person.call("GET", f"/files?{query}{cursor}")
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = f"&cursor={page['next']}"


@pytest.mark.parametrize("sort", ["name", "size", "created_at", "updated_at"])
@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_pages_are_whole_and_in_order(storage: Storage, sort: str, order: str) -> None:
    person = storage.person(BOSTON)
    names = await fill(person, 7)
    items = await read_all(person, f"sort={sort}&order={order}&limit=2")
    assert sorted(item["name"] for item in items) == names
    values = [item[sort] for item in items]
    assert values == sorted(values, reverse=order == "desc")


async def test_folder_and_search_narrow_the_list(storage: Storage) -> None:
    person = storage.person(BOSTON)
    for name, folder in (("100%.txt", "/"), ("1000.txt", "/"), ("100%.txt", "/a/b")):
        body = {"name": name, "size": 1, "folder": folder}
        await person.call("POST", "/uploads", 201, json=body)
    assert len(await read_all(person, "q=100%25")) == 2
    assert len(await read_all(person, "q=TXT")) == 3
    assert len(await read_all(person, "folder=/a/b")) == 1
    assert await read_all(person, "folder=/nowhere") == []


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_search_does_not_ask_how_letters_are_written(storage: Storage, form: Any) -> None:
    person = storage.person(BOSTON)
    body = {"name": unicodedata.normalize("NFD", "мой отчёт.txt"), "size": 1}
    await person.call("POST", "/uploads", 201, json=body)
    text = unicodedata.normalize(form, "отчёт")
    assert len(await read_all(person, f"q={quote(text)}")) == 1


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "sort=owner", "order=up", "bogus=1", "folder=a"]
)
async def test_bad_queries_are_refused(storage: Storage, query: str) -> None:
    problem = await storage.person().call("GET", f"/files?{query}", 422)
    assert problem["errors"]


@pytest.mark.parametrize("cursor", ["x", "W10", "e30", "WzEsIDJd"])
async def test_bad_cursors_are_refused(storage: Storage, cursor: str) -> None:
    problem = await storage.person().call("GET", f"/files?cursor={cursor}", 400)
    assert problem["code"] == "BAD_CURSOR"


async def test_rename_move_and_conflicts(storage: Storage) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", b"1")
    await person.upload("b", b"2")
    moved = await person.call("PATCH", f"/files/{file['id']}", json={"folder": "/x", "name": "я"})
    assert (moved["folder"], moved["name"]) == ("/x", "я")
    problem = await person.call(
        "PATCH", f"/files/{file['id']}", 409, json={"folder": "/", "name": "b"}
    )
    assert problem["code"] == "FILE_EXISTS"
    assert (await person.call("PATCH", f"/files/{file['id']}", 422, json={}))["errors"]


async def test_if_match_guards_a_change(storage: Storage) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", b"1")
    headers = {"Authorization": f"Bearer {make_token(person.id, person.session_id)}"}
    path = f"/files/{file['id']}"
    async with storage.client.get(f"/storage/api/v1{path}", headers=headers) as answer:
        tag = answer.headers["ETag"]
    old = {"If-Match": tag}
    await person.call("PATCH", path, json={"name": "b"}, headers=old)
    problem = await person.call("PATCH", path, 412, json={"name": "c"}, headers=old)
    assert problem["code"] == "PRECONDITION_FAILED"
    await person.call("DELETE", path, 412, headers=old)
    await person.call("DELETE", path, 204, headers={"If-Match": "*"})


async def test_nobody_else_sees_a_file(storage: Storage) -> None:
    file = await storage.person(BOSTON).upload("a", b"1")
    other = storage.person(BOSTON)
    other.token = make_token(other.id, other.session_id, su=True)
    calls: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("PATCH", "", {"name": "mine"}),
        ("DELETE", "", None),
        ("GET", "/download", None),
        ("GET", "/replicas", None),
    ]
    for method, path, body in calls:
        problem = await other.call(method, f"/files/{file['id']}{path}", 404, json=body)
        assert problem["code"] == "FILE_NOT_FOUND"
    problem = await other.call("GET", f"/route?file_id={file['id']}", 404)
    assert problem["code"] == "FILE_NOT_FOUND"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"scope": "files.upload"}, 403),
        ({"scope": ""}, 403),
        ({"exp": 1}, 401),
        ({"aud": "other"}, 401),
        ({"iss": "http://evil"}, 401),
    ],
)
async def test_the_wrong_token_is_refused(
    storage: Storage, changes: dict[str, Any], status: int
) -> None:
    person = storage.person()
    person.token = make_token(person.id, person.session_id, **changes)
    await person.call("GET", "/files", status)


async def test_delete_is_at_once_for_people_and_tells_the_replicator(
    storage: Storage, owner_pool: Any
) -> None:
    person = storage.person(JOBURG)
    file = await person.upload("a", b"1")
    await person.call("DELETE", f"/files/{file['id']}", 204)
    assert (await person.call("GET", "/files"))["items"] == []
    for method, path in (("GET", ""), ("GET", "/download"), ("DELETE", "")):
        await person.call(method, f"/files/{file['id']}{path}", 404)
    events = await owner_pool.fetch("SELECT event FROM storage.outbox ORDER BY id")
    assert [row["event"]["type"] for row in events] == ["FILE.STORED", "FILE.DELETED"]
    assert await owner_pool.fetchval("SELECT state FROM storage.versions") == "DELETING"


async def test_an_upload_that_arrives_after_the_delete_is_erased(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await person.upload("a", b"late", complete=False)
    await person.call("DELETE", f"/files/{started['file']['id']}", 204)
    problem = await person.call("POST", f"/uploads/{started['id']}/complete", 410)
    assert problem["code"] == "UPLOAD_EXPIRED"
    await sweep_once(storage)
    assert await storage.keys("new-york") == []


async def test_delete_and_complete_at_once_end_deleted(storage: Storage) -> None:
    for _ in range(10):
        person = storage.person(BOSTON)
        started = await person.upload("a", b"1", complete=False)
        headers = {"Authorization": f"Bearer {make_token(person.id, person.session_id)}"}
        complete = storage.client.post(
            f"/storage/api/v1/uploads/{started['id']}/complete", headers=headers
        )
        answer, _ = await asyncio.gather(
            complete, person.call("DELETE", f"/files/{started['file']['id']}", 204)
        )
        assert answer.status in {200, 404, 410}
        assert (await person.call("GET", "/files"))["items"] == []


async def test_download_needs_a_stored_file(storage: Storage) -> None:
    person = storage.person(BOSTON)
    started = await person.call("POST", "/uploads", 201, json={"name": "a", "size": 1})
    problem = await person.call("GET", f"/files/{started['file']['id']}/download", 409)
    assert problem["code"] == "NOT_STORED"


async def test_download_is_saved_under_the_file_s_own_name(storage: Storage) -> None:
    person = storage.person(BOSTON)
    file = await person.upload('отчёт; "x".html', b"<script>", content_type="text/html")
    link = await person.call("GET", f"/files/{file['id']}/download")
    query = parse_qs(urlsplit(link["url"]).query)
    (disposition,) = query["response-content-disposition"]
    assert query["response-content-type"] == ["text/html"]
    assert disposition.startswith("attachment;")
    assert "%D0%BE%D1%82%D1%87%D1%91%D1%82%3B%20%22x%22.html" in disposition
    await person.call("GET", f"/files/{file['id']}/download?redirect=true", 302)


async def test_explain_ranks_all_cities_for_an_address(storage: Storage) -> None:
    route = await storage.person().call("GET", f"/route?ip={JOBURG}")
    assert [item["server"]["name"] for item in route["items"]] == [
        "cape-town",
        "new-york",
        "vladivostok",
    ]
    assert route["place"]["city"] == "Joburg"
    assert (await storage.person().call("GET", "/route?ip=x", 422))["errors"]


async def test_without_an_address_one_of_our_cities_is_drawn_for_the_session(
    storage: Storage,
) -> None:
    person = storage.person()
    routes = [await person.call("GET", "/route") for _ in range(3)]
    assert {route["place"]["mode"] for route in routes} == {"drawn"}
    assert len({route["place"]["city"] for route in routes}) == 1


async def test_actions_tell_what_i_did(storage: Storage) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", b"1")
    await person.call("GET", f"/files/{file['id']}/download")
    await person.call("PATCH", f"/files/{file['id']}", json={"name": "b"})
    await person.call("DELETE", f"/files/{file['id']}", 204)
    first = await person.call("GET", "/actions?limit=3")
    second = await person.call("GET", f"/actions?cursor={first['next']}")
    events = [item["event"] for item in first["items"] + second["items"]]
    assert events == ["FILE.DELETE", "FILE.RENAME", "FILE.DOWNLOAD", "FILE.UPLOAD"]
    assert (await storage.person().call("GET", "/actions"))["items"] == []


async def test_servers_show_their_endpoints_only_to_operators(storage: Storage) -> None:
    person = storage.person()
    cape_town = (await person.call("GET", "/servers"))["items"][0]
    assert (cape_town["name"], cape_town["state"]) == ("cape-town", "online")
    assert "endpoint" not in cape_town
    person.token = make_token(person.id, person.session_id, scope="servers.view")
    cape_town = (await person.call("GET", "/servers"))["items"][0]
    assert cape_town["bucket"] == "meridian"
    assert "secret" not in str(cape_town)


async def test_the_place_of_the_client_is_told_in_ascii(storage: Storage) -> None:
    person = storage.person(BOSTON)
    headers = {
        "Authorization": f"Bearer {make_token(person.id, person.session_id)}",
        "X-Fake-IP": BOSTON,
    }
    async with storage.client.get("/storage/api/v1/route", headers=headers) as answer:
        place = answer.headers["X-Client-Place"]
    assert place == f'ip={BOSTON}; city="Boston"; lat=42.36; lon=-71.06; mode=fake'


async def test_ipv4_written_as_ipv6_has_the_same_place(storage: Storage) -> None:
    person = storage.person(f"::ffff:{BOSTON}")
    headers = {
        "Authorization": f"Bearer {make_token(person.id, person.session_id)}",
        "X-Fake-IP": f"::ffff:{BOSTON}",
    }
    async with storage.client.get("/storage/api/v1/route", headers=headers) as answer:
        assert answer.headers["X-Client-Place"].startswith(f'ip={BOSTON}; city="Boston"')


@pytest.mark.parametrize("ip", ["::1%25%0d%0aX-Evil:1", "::1%25x", "fe80::1%25%C3%A9"])
async def test_an_address_with_a_scope_is_refused_by_name(storage: Storage, ip: str) -> None:
    person = storage.person(BOSTON)
    url = storage.client.make_url("/storage/api/v1/route")
    headers = {"Authorization": f"Bearer {make_token(person.id, person.session_id)}"}
    asked = URL(f"{url}?ip={ip}", encoded=True)
    async with storage.client.session.get(asked, headers=headers) as answer:
        assert answer.status == 422
        assert list((await answer.json())["errors"]) == ["ip"]
