"""Links to files: only what was asked for, tickets for programs, and what may be shown."""

from __future__ import annotations

import asyncio
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4
from xml.etree import ElementTree as ET

import aiohttp
import pytest
from yarl import URL

from services.storage.accounts.erasures import note_event
from services.storage.downloads.tickets import prune_tickets
from shared.account_events import AccountEvent
from shared.web.revocations import REVOCATIONS
from tests.storage.conftest import make_token
from tests.storage.sending import read
from tests.world.places import BOSTON, JOBURG

if TYPE_CHECKING:
    from tests.storage.conftest import Person, Storage

METALINK = {"m": "urn:ietf:params:xml:ns:metalink"}
CONTENT = b"what the file holds"
COPY = """
UPDATE storage.replicas SET state = 'READY', verified_at = now()
WHERE (owner_id, version_id) = (SELECT owner_id, current_version_id FROM storage.files
    WHERE id = $1)
"""


async def spread(storage: Storage, owner_pool: Any, file: dict[str, Any]) -> None:
    """Copy a file to the other cities, as the replicator would."""
    (key,) = await storage.keys("new-york")
    for name in ("vladivostok", "cape-town"):
        await storage.stores.of(storage.servers[name]).put(key, CONTENT, len(CONTENT))
    await owner_pool.execute(COPY, file["id"])


async def follow(storage: Storage, url: str, method: str = "GET") -> tuple[int, str]:
    """Ask the API for an address of its own, as anybody; status, and where it leads."""
    path = URL(url, encoded=True).path_qs
    async with storage.client.request(method, path, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", "")


async def ticket(person: Person, file: dict[str, Any], **wish: Any) -> str:
    answer = await person.call("POST", f"/files/{file['id']}/download-ticket", json=wish)
    return str(answer["url"])


@pytest.mark.parametrize(("asked", "count"), [("", 2), ("?alternates=1", 1), ("?alternates=0", 0)])
async def test_no_more_links_than_asked_for(
    storage: Storage, owner_pool: Any, asked: str, count: int
) -> None:
    person = storage.person(JOBURG)
    file = await storage.person(BOSTON).upload("a", CONTENT)
    person.id = await owner_pool.fetchval("SELECT owner_id FROM storage.files")
    await spread(storage, owner_pool, file)
    download = await person.call("GET", f"/files/{file['id']}/download{asked}")
    assert download["server"]["name"] == "cape-town"
    assert len(download["alternates"]) == count
    for url in (download["url"], *(each["url"] for each in download["alternates"])):
        assert await read(url) == CONTENT


async def test_a_link_shows_what_is_safe_and_saves_the_rest(storage: Storage) -> None:
    person = storage.person(BOSTON)
    for content_type, shown in (("image/png", "inline"), ("image/svg+xml", "attachment")):
        file = await person.upload("рисунок.svg", CONTENT, content_type=content_type)
        link = await person.call("GET", f"/files/{file['id']}/download?inline=true")
        url = URL(link["url"], encoded=True)
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            disposition = answer.headers["Content-Disposition"]
            assert answer.headers["Content-Type"] == content_type
        assert disposition.startswith(f'{shown}; filename="file.svg"; ')


async def test_a_redirect_leads_to_the_copy(storage: Storage) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", CONTENT)
    await person.call("GET", f"/files/{file['id']}/download?redirect=true", 302)


@pytest.mark.parametrize(
    "program",
    ["Wget/1.21.3", "wget2/1.99.1", "aria2/1.36.0", "Axel/2.17.11 (linux-gnu)",
     "Python-urllib/3.11", "Go-http-client/1.1", "Java-http-client/17.0.15",
     "libwww-perl/6.68", "lwp-request/6.61 libwww-perl/6.68"],
)  # fmt: skip
async def test_a_program_that_hands_tokens_on_is_not_redirected(
    storage: Storage, program: str
) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", CONTENT)
    path = f"/files/{file['id']}/download"
    headers = {"User-Agent": program}
    problem = await person.call("GET", f"{path}?redirect=true", 403, headers=headers)
    assert problem["code"] == "TICKET_NEEDED"
    assert "download-ticket" in problem["detail"]
    await person.call("GET", path, headers=headers)


async def test_a_ticket_is_good_for_one_download(storage: Storage, owner_pool: Any) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", CONTENT)
    url = await ticket(person, file)
    assert url.startswith("http://127.0.0.1:8080/storage/api/v1/files/")
    answers = await asyncio.gather(*(follow(storage, url) for _ in range(8)))
    assert sorted(status for status, _ in answers) == [302, *[410] * 7]
    (location,) = (where for status, where in answers if status == 302)
    assert await read(location) == CONTENT
    text = parse_qs(urlsplit(url).query)["ticket"][0]
    assert text not in location
    actions = (await person.call("GET", "/actions"))["items"]
    assert [action["event"] for action in actions] == ["FILE.DOWNLOAD", "FILE.UPLOAD"]
    assert await owner_pool.fetchval("SELECT count(*) FROM storage.download_tickets") == 0


async def test_a_ticket_lives_for_a_minute(storage: Storage, owner_pool: Any) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", CONTENT)
    url = await ticket(person, file)
    life = await owner_pool.fetchval("SELECT expires_at - now() FROM storage.download_tickets")
    assert 55 <= life.total_seconds() <= 60
    await owner_pool.execute("UPDATE storage.download_tickets SET expires_at = now()")
    assert await follow(storage, url) == (410, "")
    await prune_tickets(owner_pool)
    assert await owner_pool.fetchval("SELECT count(*) FROM storage.download_tickets") == 0


async def test_a_ticket_remembers_what_it_was_asked_for(storage: Storage) -> None:
    person = storage.person(BOSTON)
    await person.upload("a", b"first", content_type="text/plain")
    file = await person.upload("a", b"second", content_type="text/plain")
    status, location = await follow(storage, await ticket(person, file, version=1, inline=True))
    assert (status, await read(location)) == (302, b"first")
    assert "inline" in location


@pytest.mark.parametrize("text", ["", "x", "é", "A" * 64, "A" * 256, "====", "a b"])
async def test_a_forged_ticket_is_none(storage: Storage, text: str) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", CONTENT)
    url = URL(await ticket(person, file)).with_query({"ticket": text})
    status, location = await follow(storage, str(url))
    assert status in {410, 422}
    assert location == ""


async def test_a_ticket_is_no_use_for_what_is_gone(storage: Storage) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", CONTENT)
    url = await ticket(person, file)
    await person.call("DELETE", f"/files/{file['id']}", 204)
    assert (await follow(storage, url))[0] == 404


@pytest.mark.parametrize("ended", ["account", "session", "another"])
async def test_a_ticket_ends_with_the_account_and_the_session(
    storage: Storage, owner_pool: Any, ended: str
) -> None:
    person = storage.person(BOSTON)
    url = await ticket(person, await person.upload("a", CONTENT))
    assert storage.client.app is not None
    if ended == "account":
        await note_event(owner_pool, AccountEvent(person.id, 5, None, is_switched_off=True))
    else:
        gone = person.session_id if ended == "session" else uuid4()
        await storage.client.app[REVOCATIONS].publish([gone])
    assert (await follow(storage, url))[0] == (302 if ended == "another" else 410)


async def test_the_session_of_a_ticket_cannot_be_exchanged(storage: Storage) -> None:
    person = storage.person(BOSTON)
    url = URL(await ticket(person, await person.upload("a", CONTENT)))
    packed = bytearray(urlsafe_b64decode(url.query["ticket"]))
    packed[-1] ^= 1
    forged = url.with_query({"ticket": urlsafe_b64encode(packed).decode()})
    assert (await follow(storage, str(forged)))[0] == 410
    assert (await follow(storage, str(url)))[0] == 302


async def test_nobody_gets_a_ticket_for_what_is_not_theirs(storage: Storage) -> None:
    person, other = storage.person(BOSTON), storage.person(BOSTON)
    file = await person.upload("a", CONTENT)
    path = f"/files/{file['id']}/download-ticket"
    assert (await other.call("POST", path, 404))["code"] == "FILE_NOT_FOUND"
    problem = await person.call("POST", path, 404, json={"version": 9})
    assert problem["code"] == "VERSION_NOT_FOUND"
    started = await person.upload("b", CONTENT, complete=False)
    problem = await person.call("POST", f"/files/{started['file']['id']}/download-ticket", 409)
    assert problem["code"] == "NOT_STORED"


async def test_a_manifest_of_what_was_never_read_in_parts_has_one(
    storage: Storage, owner_pool: Any
) -> None:
    person = storage.person(BOSTON)
    digest = hashlib.sha256(CONTENT).hexdigest()
    file = await person.upload("a", CONTENT, sha256=digest)
    await spread(storage, owner_pool, file)
    path = f"/files/{file['id']}/manifest"
    manifest = await person.call("GET", path)
    part = {"number": 1, "offset": 0, "size": len(CONTENT), "sha256": digest}
    assert (manifest["parts"], manifest["sha256"]) == ([part], digest)
    assert [await read(source["url"]) for source in manifest["sources"]] == [CONTENT] * 3
    assert len((await person.call("GET", f"{path}?sources=1"))["sources"]) == 1
    problem = await storage.person(BOSTON).call("GET", path, 404)
    assert problem["code"] == "FILE_NOT_FOUND"


async def test_there_is_no_manifest_before_the_hash_is_known(storage: Storage) -> None:
    person = storage.person(BOSTON)
    file = await person.upload("a", CONTENT)
    problem = await person.call("GET", f"/files/{file['id']}/manifest", 409)
    assert problem["code"] == "NOT_HASHED"


async def test_a_metalink_says_the_same(storage: Storage, owner_pool: Any) -> None:
    person = storage.person(BOSTON)
    digest = hashlib.sha256(CONTENT).hexdigest()
    file = await person.upload('<отчёт> & "x".pdf', CONTENT, sha256=digest)
    await spread(storage, owner_pool, file)
    path = f"/storage/api/v1/files/{file['id']}/manifest"
    headers = {
        "Authorization": f"Bearer {make_token(person.id, person.session_id)}",
        "Accept": "text/html, application/metalink4+xml;q=0.9",
    }
    async with storage.client.get(path, headers=headers) as answer:
        assert answer.content_type == "application/metalink4+xml"
        assert "attachment" in answer.headers["Content-Disposition"]
        root = ET.fromstring(await answer.text())
    found = root.find("m:file", METALINK)
    assert found is not None
    assert found.get("name") == file["name"]
    assert found.findtext("m:size", None, METALINK) == str(len(CONTENT))
    pieces = found.find("m:pieces", METALINK)
    assert pieces is not None
    assert (pieces.get("length"), pieces.get("type")) == (str(len(CONTENT)), "sha-256")
    assert [piece.text for piece in pieces] == [digest]
    urls = found.findall("m:url", METALINK)
    assert [url.get("priority") for url in urls] == ["1", "2", "3"]
    assert [await read(str(url.text)) for url in urls] == [CONTENT] * 3
