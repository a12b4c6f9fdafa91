"""Links: made by their owners, opened by anybody, gone when revoked."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from tests.storage.conftest import EVERYTHING, Person, Storage, make_token
from tests.storage.foldering import make
from tests.storage.guests import CAPE_TOWN, Guest, fetch
from tests.storage.listening import listening
from tests.world.places import BOSTON

if TYPE_CHECKING:
    from shared.db import Pool
    from tests.conftest import Tell

PASSWORD = "tea at four"
RIGHTS = f"{EVERYTHING} links.view links.create links.delete"

MANY_FOLDERS = """
INSERT INTO storage.folders (owner_id, parent_id, name, name_key)
SELECT $1, $2, name, name FROM generate_series(1, $3) AS number,
    LATERAL to_char(number, 'FM0000') AS name
"""


@pytest.fixture
def owner(storage: Storage) -> Person:
    person = storage.person()
    person.token = make_token(person.id, person.session_id, scope=RIGHTS)
    return person


@pytest.fixture
def guest(storage: Storage) -> Guest:
    return Guest(storage.client, storage.document)


async def share(owner: Person, file_id: str, **terms: Any) -> tuple[dict[str, Any], str]:
    link = await owner.call("POST", f"/files/{file_id}/links", 201, json=terms)
    return link, f"/s/{link['url'].rpartition('/')[2]}"


async def test_anybody_downloads_by_a_link(owner: Person, guest: Guest) -> None:
    file = await owner.upload("отчёт.txt", b"for all")
    link, address = await share(owner, file["id"], name="For Ann", lifetime_seconds=3600)
    target = {"kind": "file", "id": file["id"], "version": None, "name": "отчёт.txt"}
    assert link["target"] == target
    seen = await guest.call("GET", address)
    assert (seen["kind"], seen["name"], seen["size"]) == ("file", "отчёт.txt", 7)
    assert seen["needs_password"] is False
    opened = await guest.call("POST", f"{address}/open", json={})
    assert await fetch(opened["url"]) == b"for all"
    assert (opened["version"], opened["size"], opened["sha256"]) == (1, 7, file["sha256"])
    (listed,) = (await owner.call("GET", "/links"))["items"]
    assert (listed["downloads"], listed["url"]) == (1, None)
    assert listed["last_opened_at"] is not None
    (of_file,) = (await owner.call("GET", f"/files/{file['id']}/links"))["items"]
    assert of_file == listed
    (made,) = (await owner.call("GET", "/actions?event=LINK.CREATE"))["items"]
    assert made["data"] == {"name": "For Ann", "target": "отчёт.txt"}


async def test_a_link_is_changed_only_as_it_was_read(owner: Person) -> None:
    file = await owner.upload("a", b"a")
    made = await owner.tag_of("POST", f"/files/{file['id']}/links", json={"name": "one"})
    (link,) = (await owner.call("GET", "/links"))["items"]
    path = f"/links/{link['id']}"
    assert (await owner.change_if(path, made, 200, name="two"))["name"] == "two"
    assert (await owner.change_if(path, made, 412, name="three"))["code"] == "PRECONDITION_FAILED"
    new = await owner.tag_of("PATCH", path, json={"name": "four"})
    assert new != made
    assert (await owner.change_if(path, f'"x", {new}', 200, name="five"))["name"] == "five"
    folder = await owner.call("POST", "/folders", 201, json={"name": "f"})
    assert await owner.tag_of("POST", f"/folders/{folder['id']}/links", json={})


async def test_the_token_is_shown_once(owner: Person) -> None:
    file = await owner.upload("a", b"a")
    _, address = await share(owner, file["id"])
    token = address.removeprefix("/s/")
    assert len(token) == 43
    listed = await owner.call("GET", "/links")
    history = await owner.call("GET", "/actions")
    assert token not in str(listed)
    assert token not in str(history)


async def test_a_revoked_link_looks_like_none(owner: Person, guest: Guest) -> None:
    file = await owner.upload("a", b"a")
    link, address = await share(owner, file["id"])
    opened = await guest.call("POST", f"{address}/open", json={})
    await owner.call("DELETE", f"/links/{link['id']}", 204)
    unknown = await guest.call("POST", f"/s/{'x' * 43}/open", 404, json={})
    again = {"X-Link-Pass": opened["pass"]}
    for refused in (
        await guest.call("GET", address, 404),
        await guest.call("POST", f"{address}/open", 404, json={}, headers=again),
        await guest.call("GET", f"{address}/download", 404),
    ):
        assert {**refused, "request_id": ""} == {**unknown, "request_id": ""}
    await owner.call("DELETE", f"/links/{link['id']}", 404)


@pytest.mark.parametrize("limit", [1, 10])
async def test_parallel_openings_keep_the_limit(
    owner: Person, guest: Guest, tell: Tell, limit: int
) -> None:
    file = await owner.upload("a", b"a")
    link, address = await share(owner, file["id"], max_downloads=limit)

    async def status() -> int:
        url = f"/storage/api/v1{address}/open"
        async with guest.client.post(url, json={}, headers={"X-Fake-IP": CAPE_TOWN}) as answer:
            return answer.status

    statuses = await asyncio.gather(*(status() for _ in range(50)))
    tell(limit=limit, at_once=50, opened=statuses.count(200), refused=statuses.count(410))
    assert sorted(statuses) == [200] * limit + [410] * (50 - limit)
    refused = await guest.call("POST", f"{address}/open", 410, json={})
    assert (refused["code"], refused["limit"]) == ("LINK_USED_UP", limit)
    (listed,) = (await owner.call("GET", "/links"))["items"]
    assert listed["downloads"] == limit
    await owner.call("PATCH", f"/links/{link['id']}", json={"max_downloads": None})
    await guest.call("POST", f"{address}/open", json={})


async def test_a_pass_goes_on_without_counting(owner: Person, guest: Guest) -> None:
    file = await owner.upload("a", b"abc")
    _, address = await share(owner, file["id"], max_downloads=1, password=PASSWORD)
    opened = await guest.call("POST", f"{address}/open", json={"password": PASSWORD})
    again = {"X-Link-Pass": opened["pass"]}
    resumed = await guest.call("POST", f"{address}/open", json={}, headers=again)
    assert await fetch(resumed["url"]) == b"abc"
    await guest.call("POST", f"{address}/open", 410, json={"password": PASSWORD})
    forged = {"X-Link-Pass": opened["pass"][:-4] + "AAAA"}
    await guest.call("POST", f"{address}/open", 410, json={}, headers=forged)


async def test_a_pass_of_another_link_opens_nothing(owner: Person, guest: Guest) -> None:
    file = await owner.upload("a", b"abc")
    _, first = await share(owner, file["id"])
    _, second = await share(owner, file["id"], password=PASSWORD)
    opened = await guest.call("POST", f"{first}/open", json={})
    again = {"X-Link-Pass": opened["pass"]}
    await guest.call("POST", f"{second}/open", 401, json={}, headers=again)


async def test_nothing_is_told_before_the_password(owner: Person, guest: Guest) -> None:
    file = await owner.upload("secret plans.txt", b"plans")
    link, address = await share(owner, file["id"], name="also secret", password=PASSWORD)
    seen = await guest.call("GET", address)
    assert set(seen) == {"kind", "needs_password", "expires_at"}
    for wrong in ({}, {"password": ""}, {"password": "tea at five"}):
        refused = await guest.call("POST", f"{address}/open", 401, json=wrong)
        assert refused["code"] == "WRONG_PASSWORD"
        assert "secret" not in str(refused)
    await guest.call("GET", f"{address}/download", 401)
    opened = await guest.call("POST", f"{address}/open", json={"password": PASSWORD})
    assert await fetch(opened["url"]) == b"plans"
    await owner.call("PATCH", f"/links/{link['id']}", json={"password": "coffee at nine"})
    again = {"X-Link-Pass": opened["pass"]}
    await guest.call("POST", f"{address}/open", 401, json={}, headers=again)
    await owner.call("PATCH", f"/links/{link['id']}", json={"password": None})
    assert (await guest.call("GET", address))["name"] == "secret plans.txt"


async def test_guessing_slows_only_the_guesser(owner: Person, guest: Guest) -> None:
    file = await owner.upload("a", b"a")
    _, address = await share(owner, file["id"], password=PASSWORD)
    codes = []
    for number in range(12):
        url = f"/storage/api/v1{address}/open"
        guess = {"password": f"guess {number}"}
        async with guest.client.post(url, json=guess, headers={"X-Fake-IP": BOSTON}) as answer:
            codes.append(answer.status)
    assert codes[:5] == [401] * 5
    assert codes[-1] == 429
    await guest.call("POST", f"{address}/open", json={"password": PASSWORD})
    (listed,) = (await owner.call("GET", "/links"))["items"]
    assert listed["wrong_passwords"] == codes.count(401)
    lines = (await owner.call("GET", "/actions"))["items"]
    refused = [line["place"] for line in lines if line["event"] == "LINK.REFUSE"]
    assert refused == ["Boston"] * codes.count(401)
    (opened,) = [line for line in lines if line["event"] == "LINK.OPEN"]
    assert (opened["ip"], opened["user_id"]) == (CAPE_TOWN, None)


async def test_the_owner_hears_once_that_somebody_guesses(
    owner: Person, guest: Guest, storage: Storage
) -> None:
    file = await owner.upload("a", b"a")
    link, address = await share(owner, file["id"], password=PASSWORD)
    guest.fake_ip = BOSTON
    url = f"/storage/api/v1{address}/open"
    async with listening(storage, owner) as ear:
        for number in range(8):
            headers = {"X-Fake-IP": BOSTON if number == 5 else f"100.3.{number}.1"}
            guess = {"password": f"guess {number}"}
            async with guest.client.post(url, json=guess, headers=headers) as answer:
                assert answer.status == 401
        await guest.call("POST", f"{address}/open", json={"password": PASSWORD})
        await ear.until(2)
    told = [(one["type"], one["link_id"], one["city"]) for one in ear.heard]
    assert told[0] == ("password.guessed", link["id"], "Boston")
    assert [kind for kind, _, _ in told[1:]] == ["link.opened"]


async def test_an_expired_link_says_so(owner: Person, guest: Guest) -> None:
    file = await owner.upload("a", b"a")
    link, address = await share(owner, file["id"], lifetime_seconds=1)
    async with asyncio.timeout(20):
        while (await raw_status(guest, address)) == 200:
            await asyncio.sleep(0.1)
    refused = await guest.call("POST", f"{address}/open", 410, json={})
    assert refused["code"] == "LINK_EXPIRED"
    await owner.call("PATCH", f"/links/{link['id']}", json={"lifetime_seconds": 60})
    await guest.call("POST", f"{address}/open", json={})


async def raw_status(guest: Guest, path: str) -> int:
    url = f"/storage/api/v1{path}"
    async with guest.client.get(url, headers={"X-Fake-IP": CAPE_TOWN}) as answer:
        return answer.status


async def test_programs_follow_the_redirect(owner: Person, guest: Guest) -> None:
    file = await owner.upload("a", b"abc")
    _, address = await share(owner, file["id"])
    headers = await guest.call("GET", f"{address}/download", 302)
    assert await fetch(headers["Location"]) == b"abc"
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_a_pinned_link_keeps_its_version(owner: Person, guest: Guest) -> None:
    file = await owner.upload("a", b"first")
    _, pinned = await share(owner, file["id"], version=1)
    _, current = await share(owner, file["id"])
    await owner.upload("a", b"second")
    opened = await guest.call("POST", f"{pinned}/open", json={})
    assert await fetch(opened["url"]) == b"first"
    opened = await guest.call("POST", f"{current}/open", json={})
    assert await fetch(opened["url"]) == b"second"


async def test_a_deleted_file_takes_its_links_along(owner: Person, guest: Guest) -> None:
    file = await owner.upload("a", b"a")
    _, address = await share(owner, file["id"])
    await owner.call("DELETE", f"/files/{file['id']}", 204)
    await guest.call("GET", address, 404)
    await guest.call("POST", f"{address}/open", 404, json={})


async def test_another_person_sees_and_ends_nothing(owner: Person, storage: Storage) -> None:
    file = await owner.upload("a", b"a")
    link, _ = await share(owner, file["id"])
    stranger = storage.person()
    stranger.token = make_token(stranger.id, stranger.session_id, scope=RIGHTS)
    await stranger.call("POST", f"/files/{file['id']}/links", 404, json={})
    await stranger.call("GET", f"/files/{file['id']}/links", 404)
    await stranger.call("PATCH", f"/links/{link['id']}", 404, json={"name": "mine"})
    await stranger.call("DELETE", f"/links/{link['id']}", 404)
    assert (await stranger.call("GET", "/links"))["items"] == []


async def test_administrators_say_what_is_allowed(
    owner: Person, guest: Guest, storage: Storage
) -> None:
    chief = storage.person()
    chief.token = make_token(chief.id, chief.session_id, scope="links.admin")
    file = await owner.upload("a", b"a")
    _, address = await share(owner, file["id"])
    strict = {"public": True, "longest_lifetime_seconds": 60, "password_required": True}
    await chief.call("PUT", "/admin/link-settings", json=strict)
    assert await chief.call("GET", "/admin/link-settings") == strict
    refused = await owner.call("POST", f"/files/{file['id']}/links", 422, json={})
    assert set(refused["errors"]) == {"password", "expires_at"}
    assert refused["limit"] == 60
    allowed = {"password": PASSWORD, "lifetime_seconds": 60}
    await owner.call("POST", f"/files/{file['id']}/links", 201, json=allowed)
    await chief.call("PUT", "/admin/link-settings", json={**strict, "public": False})
    await guest.call("GET", address, 404)
    off = await owner.call("POST", f"/files/{file['id']}/links", 403, json=allowed)
    assert off["code"] == "LINKS_OFF"
    await chief.call("PUT", "/admin/link-settings", json=strict)
    assert len((await chief.call("GET", f"/admin/links?user_id={owner.id}"))["items"]) == 2
    ended = await chief.call("POST", "/admin/links/revoke", json={"user_id": str(owner.id)})
    assert ended == {"links": 2, "requests": 0}
    await guest.call("GET", address, 404)
    await owner.call("GET", f"/admin/links?user_id={uuid.uuid4()}", 403)


@pytest.mark.parametrize(
    "terms",
    [
        {"max_downloads": 0},
        {"lifetime_seconds": 0},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"lifetime_seconds": 5, "expires_at": "2099-01-01T00:00:00Z"},
        {"password": ""},
        {"version": 0},
        {"name": "x" * 101},
    ],
)
async def test_bad_terms_are_named(owner: Person, terms: dict[str, Any]) -> None:
    file = await owner.upload("a", b"a")
    refused = await owner.call("POST", f"/files/{file['id']}/links", 422, json=terms)
    assert refused["code"] == "VALIDATION_FAILED"
    assert set(refused["errors"]) <= set(terms)


async def test_a_version_that_is_not_there_is_not_shared(owner: Person) -> None:
    file = await owner.upload("a", b"a")
    await owner.call("POST", f"/files/{file['id']}/links", 404, json={"version": 7})


async def test_browsers_may_go_where_a_link_leads(owner: Person, guest: Guest) -> None:
    file = await owner.upload("a", b"a")
    _, address = await share(owner, file["id"])
    opened = await guest.call("POST", f"{address}/open", json={})
    async with guest.client.get("/storage/api/v1/origins") as answer:
        told = (await answer.json())["origins"]
        assert answer.headers["X-S3-Origins"] == " ".join(told)
    for url in (opened["url"], *(one["url"] for one in opened["alternates"])):
        assert "/".join(url.split("/")[:3]) in told


async def share_folder(owner: Person, folder_id: str, **terms: Any) -> tuple[dict[str, Any], str]:
    link = await owner.call("POST", f"/folders/{folder_id}/links", 201, json=terms)
    return link, f"/s/{link['url'].rpartition('/')[2]}"


async def fill_album(owner: Person) -> str:
    """Make /trips/album with two files, one of them further down; the id of the album."""
    await owner.upload("secret.txt", b"not for all", folder="/trips")
    await owner.upload("one.txt", b"one", folder="/trips/album")
    await owner.upload("two.txt", b"two", folder="/trips/album/far/down")
    folders = (await owner.call("GET", "/folders"))["items"]
    inside = await owner.call("GET", f"/folders?parent_id={folders[0]['id']}")
    return str(inside["items"][0]["id"])


def names(page: dict[str, Any]) -> list[str]:
    return [f"{item['folder']}:{item['name']}" for item in page["items"]]


async def test_anybody_sees_and_downloads_what_is_in_a_folder(owner: Person, guest: Guest) -> None:
    album = await fill_album(owner)
    link, address = await share_folder(owner, album)
    assert link["target"] == {"kind": "folder", "id": album, "version": None, "name": "album"}
    seen = await guest.call("GET", address)
    assert (seen["kind"], seen["name"], seen["size"]) == ("folder", "album", None)
    top = await guest.call("GET", f"{address}/files")
    assert names(top) == ["/:one.txt"]
    assert top["folders"] == [{"name": "far", "path": "/far"}]
    assert names(await guest.call("GET", f"{address}/files?path=/far/down")) == [
        "/far/down:two.txt"
    ]
    everything = await guest.call("GET", f"{address}/files?deep=true")
    assert sorted(names(everything)) == ["/:one.txt", "/far/down:two.txt"]
    assert "trips" not in str(everything)
    for item in everything["items"]:
        opened = await guest.call("POST", f"{address}/files/{item['id']}/open")
        assert await fetch(opened["url"]) == item["name"].removesuffix(".txt").encode()
    (listed,) = (await owner.call("GET", f"/folders/{album}/links"))["items"]
    assert listed["downloads"] == 2


async def test_all_folders_are_told_however_many(
    owner: Person, guest: Guest, owner_pool: Any
) -> None:
    album = await make(owner, "album")
    for name in ("a", "b", "c"):
        await owner.upload(name, b"x", folder_id=album)
    await owner_pool.execute(MANY_FOLDERS, owner.id, uuid.UUID(album), 1001)
    _, address = await share_folder(owner, album)
    pages = [await guest.call("GET", f"{address}/files?limit=2")]
    while pages[-1]["next"]:
        cursor = pages[-1]["next"]
        pages.append(await guest.call("GET", f"{address}/files?limit=2&cursor={cursor}"))
    told = [[len(page["folders"]), len(page["items"])] for page in pages]
    assert told == [[1000, 0], [1, 2], [0, 1]]
    found = [folder["name"] for page in pages for folder in page["folders"]]
    assert found == [f"{number:04}" for number in range(1, 1002)]
    assert [item["name"] for page in pages for item in page["items"]] == ["a", "b", "c"]
    everything = await guest.call("GET", f"{address}/files?deep=true&limit=2")
    assert (everything["folders"], len(everything["items"])) == ([], 2)
    more = await guest.call("GET", f"{address}/files?deep=true&cursor={everything['next']}")
    assert (more["folders"], names(more), more["next"]) == ([], ["/:c"], None)


async def test_pages_of_a_folder_are_whole_and_in_order(owner: Person, guest: Guest) -> None:
    for number in range(5):
        await owner.upload(f"{number}.txt", b"x", folder="/album")
    album = (await owner.call("GET", "/folders"))["items"][0]["id"]
    _, address = await share_folder(owner, album)
    pages = [await guest.call("GET", f"{address}/files?limit=2")]
    while pages[-1]["next"]:
        cursor = pages[-1]["next"]
        pages.append(await guest.call("GET", f"{address}/files?limit=2&cursor={cursor}"))
    found = [item["name"] for page in pages for item in page["items"]]
    assert found == [f"{number}.txt" for number in range(5)]


async def test_what_is_not_in_the_folder_is_not_there(owner: Person, guest: Guest) -> None:
    album = await fill_album(owner)
    _, address = await share_folder(owner, album)
    secret = next(
        item
        for item in (await owner.call("GET", "/files"))["items"]
        if item["name"] == "secret.txt"
    )
    refused = await guest.call("POST", f"{address}/files/{secret['id']}/open", 404)
    assert refused["code"] == "FILE_NOT_FOUND"
    for path in ("/trips", "/none", "/far/up"):
        assert (await guest.call("GET", f"{address}/files?path={path}", 404))["code"] == (
            "FOLDER_NOT_FOUND"
        )
    await guest.call("GET", f"{address}/files?path=/../", 422)
    # What is moved in is shared from then on; what is moved out is not any more.
    await owner.call("PATCH", f"/files/{secret['id']}", json={"folder_id": album})
    await guest.call("POST", f"{address}/files/{secret['id']}/open")
    await owner.call("PATCH", f"/files/{secret['id']}", json={"folder": "/"})
    await guest.call("POST", f"{address}/files/{secret['id']}/open", 404)


async def test_a_folder_with_a_password_shows_nothing_without_it(
    owner: Person, guest: Guest
) -> None:
    album = await fill_album(owner)
    _, address = await share_folder(owner, album, password=PASSWORD, max_downloads=2)
    seen = await guest.call("GET", address)
    assert "name" not in seen
    assert seen["needs_password"] is True
    file_id = next(
        item["id"]
        for item in (await owner.call("GET", "/files"))["items"]
        if item["name"] == "one.txt"
    )
    for forged in ({}, {"X-Link-Pass": "forged"}):
        await guest.call("GET", f"{address}/files", 401, headers=forged)
        await guest.call("POST", f"{address}/files/{file_id}/open", 401, headers=forged)
    opened = await guest.call("POST", f"{address}/open", json={"password": PASSWORD})
    assert opened["name"] == "album"
    shown = {"X-Link-Pass": opened["pass"]}
    assert names(await guest.call("GET", f"{address}/files", headers=shown)) == ["/:one.txt"]
    path = f"{address}/files/{file_id}/open"
    first = await guest.call("POST", path, headers=shown)
    # The pass of the file makes another URL without another count; that of the folder counts.
    await guest.call("POST", path, headers={"X-Link-Pass": first["pass"]})
    await guest.call("POST", path, headers=shown)
    refused = await guest.call("POST", path, 410, headers=shown)
    assert refused["code"] == "LINK_USED_UP"


@pytest.mark.parametrize("kind", ["file", "folder"])
async def test_a_link_sleeps_while_a_folder_above_is_in_the_trash(
    owner: Person, guest: Guest, kind: str
) -> None:
    album = await fill_album(owner)
    trips = (await owner.call("GET", f"/folders/{album}"))["parent_id"]
    if kind == "folder":
        _, address = await share_folder(owner, album)
    else:
        file = await owner.upload("three.txt", b"three", folder="/trips/album")
        _, address = await share(owner, file["id"])
    await owner.call("POST", f"/folders/{trips}/trash")
    assert (await guest.call("GET", address, 404))["code"] == "LINK_NOT_FOUND"
    refused = await guest.call("POST", f"{address}/open", 404, json={})
    assert refused["code"] == "LINK_NOT_FOUND"
    await owner.call("POST", f"/folders/{trips}/restore", json={})
    await guest.call("POST", f"{address}/open", json={})
    await owner.call("DELETE", f"/folders/{trips}", 204)
    await guest.call("GET", address, 404)


async def test_nobody_shares_the_folder_of_another(owner: Person, storage: Storage) -> None:
    album = await fill_album(owner)
    stranger = storage.person()
    stranger.token = make_token(stranger.id, stranger.session_id, scope=RIGHTS)
    await stranger.call("POST", f"/folders/{album}/links", 404, json={})
    await stranger.call("GET", f"/folders/{album}/links", 404)


async def test_a_look_at_a_link_counts_no_download(owner: Person, guest: Guest) -> None:
    file = await owner.upload("a", b"a")
    _, address = await share(owner, file["id"], max_downloads=1)
    for _ in range(3):
        await guest.call("HEAD", address)
        await guest.call("HEAD", f"{address}/download", 405)
    await guest.call("GET", f"{address}/download", 302)


async def test_a_link_sleeps_while_its_owner_is_switched_off(
    owner: Person, guest: Guest, owner_pool: Pool
) -> None:
    file = await owner.upload("a", b"a")
    _, address = await share(owner, file["id"])
    await owner_pool.execute(
        "INSERT INTO storage.erasures (owner_id, version, is_off) VALUES ($1, 1, true)", owner.id
    )
    assert (await guest.call("GET", address, 404))["code"] == "LINK_NOT_FOUND"
    await guest.call("POST", f"{address}/open", 404, json={})
    await owner_pool.execute("UPDATE storage.erasures SET is_off = false")
    await guest.call("POST", f"{address}/open", json={})


async def test_the_owner_hears_who_opens_a_link_from_where(
    owner: Person, guest: Guest, storage: Storage
) -> None:
    file = await owner.upload("a", b"a")
    link, address = await share(owner, file["id"])
    guest.fake_ip = BOSTON
    async with listening(storage, owner) as ear:
        opened = await guest.call("POST", f"{address}/open", json={})
        # Going on by a pass is no other opening.
        shown = {"X-Link-Pass": opened["pass"]}
        await guest.call("POST", f"{address}/open", json={}, headers=shown)
        await guest.call("GET", f"{address}/download", 302)
        forged = {"X-Link-Pass": "nonsense"}
        await guest.call("POST", f"{address}/open", json={}, headers=forged)
        await ear.until(3)
    told = [(one["type"], one["link_id"], one["city"]) for one in ear.heard]
    assert told == [("link.opened", link["id"], "Boston")] * 3
